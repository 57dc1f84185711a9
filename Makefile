# `make` alone says what there is.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
READY := $(VENV)/.ready
TESTS_READY := $(VENV)/.tests-ready

.PHONY: help setup run check test lint bench voice lock

help: ## Mostra esta lista
	@sed -nE 's/^([a-z]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

setup: $(READY) ## Cria .venv com o que o Alô Clínica precisa para funcionar

run: $(READY) ## Liga tudo com a clínica de demonstração: http://127.0.0.1:8000/telefone
	@exec $(BIN)/alo run

check: $(READY) ## Diz, linha por linha, o que falta ou está errado nesta instalação
	@$(BIN)/alo check

test: $(TESTS_READY) lint ## Instala o que os testes usam e roda todos
	@$(BIN)/python -m pytest -p tests.no_skips -n 2

lint: $(TESTS_READY) ## Confere estilo e tipos
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy

bench: $(TESTS_READY) ## Mede a velocidade e escreve a tabela em var/bench.md
	@$(BIN)/alo bench --all

voice: $(READY) ## Grava de novo os avisos do catálogo com a voz natural
	@asterisk-docker/provision.sh apt sox libsox-fmt-base espeak-ng
	@command -v npm >/dev/null || asterisk-docker/provision.sh apt npm
	@$(PIP) install --require-hashes -r requirements/voice.txt
	@$(BIN)/alo prompts build

lock: ## Refaz requirements/*.txt a partir de setup.cfg (UPGRADE=--upgrade busca versões novas)
	@requirements/lock.sh $(UPGRADE)

$(READY): requirements/build.txt requirements/run.txt setup.cfg
	@$(BIN)/python -c 'import pip' 2>/dev/null || { $(make_venv); }
	@echo 'Instalando as bibliotecas em $(VENV) ...'
	@$(PIP) install --require-hashes -r requirements/build.txt -r requirements/run.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(TESTS_READY): $(READY) requirements/test.txt requirements/web.txt requirements/worker.txt asterisk-docker/provision.sh
	@echo 'Instalando o que os testes usam (navegador, Asterisk, MySQL, MariaDB, nginx, Postfix e RabbitMQ, sem ligá-los) ...'
	@asterisk-docker/provision.sh apt chromium sox libsox-fmt-base espeak-ng wrk
	@asterisk-docker/provision.sh all >/dev/null
	@$(PIP) install --require-hashes -r requirements/test.txt -r requirements/web.txt -r requirements/worker.txt
	@touch $@

# The first of these that is new enough, not too new and able to make an environment.
PYTHONS := $(ALO_PYTHON) python3 python3.13 python3.12 python3.11
FITS := import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 14))
define make_venv
for python in $(PYTHONS); do \
  if $$python -c '$(FITS)' 2>/dev/null; then echo "Criando $(VENV) com $$python ..."; exec $$python -m venv --clear $(VENV); fi; \
done; \
echo 'Falta o Python 3.11, 3.12 ou 3.13 com venv. No Debian: apt-get install python3 python3-venv;' \
  'em outro lugar, instale um deles e chame: make setup ALO_PYTHON=/caminho/python3.13' >&2; exit 1
endef
