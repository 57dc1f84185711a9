// The recorded dialogue on ding-dong and mysql2, one Node process: no menus, no rules, no models.
//
//   NODE_PATH=…/node_modules node node.js PORT DATABASE TAPE PIPE
'use strict'

const fs = require('node:fs')
const AGIServer = require('ding-dong')
const mysql = require('mysql2/promise')

const POOL_SIZE = 30
const [port, url, tapeFile, pipe] = process.argv.slice(2)
const tape = JSON.parse(fs.readFileSync(tapeFile, 'utf8'))
tape.statements = tape.statements.map(text => text.replaceAll('%s', '?').replaceAll('%%', '%'))
for (const call of Object.values(tape.calls)) {
  let place = 0
  for (const step of [...call.steps, ...call.after]) {
    if (step[0] === 's') {
      step[2] = step[2].map(value)
      step[4] = place++
    }
  }
}

function value (one) {
  return one !== null && typeof one === 'object' ? one.t ?? one.d ?? one : one
}

function pool (setup) {
  const made = mysql.createPool({
    uri: url.split('?')[0].replace('mysql+pymysql', 'mysql'), charset: 'utf8mb4', connectionLimit: POOL_SIZE, maxIdle: POOL_SIZE
  })
  made.pool.on('connection', connection => setup.forEach(text => connection.query(text)))
  return made
}

const isolation = "SET SESSION tx_isolation='READ-COMMITTED'"
const single = pool([isolation])
const transactions = pool([isolation, 'SET autocommit=0'])

async function run (connection, [, number, values, , place], ids) {
  const filled = values.map(one => one !== null && typeof one === 'object' ? ids[one.id] : one)
  const [result] = await connection.query(tape.statements[number], filled)
  ids[place] = result.insertId ?? 0
}

// Run a transaction; false when it was a deadlock's victim.
async function committed (statements, ids) {
  const connection = await transactions.getConnection()
  try {
    for (const one of statements) await run(connection, one, ids)
    await connection.query('COMMIT')
  } catch (error) {
    await connection.query('ROLLBACK')
    if (error.errno !== 1213 && error.errno !== 1205) throw error
    return false
  } finally {
    connection.release()
  }
  return true
}

async function replay (context, steps, ids) {
  let inside = []
  for (const step of steps) {
    if (step[0] === 'a') {
      const answer = await context.sendCommand(step[1])
      if (answer.code !== 200) throw new Error(JSON.stringify(answer))
    } else if (step[0] === 'c') {
      while (!await committed(inside, ids));
      inside = []
    } else if (step[3]) {
      inside.push(step)
    } else {
      await run(single, step, ids)
    }
  }
}

async function handle (context) {
  context.on('hangup', () => {})
  context.on('error', () => {})
  const variables = await context.onEvent('variables')
  const { steps, after } = tape.calls[variables.agi_uniqueid.split('.').pop()]
  const ids = []
  await replay(context, steps, ids)
  context.end()
  await replay(context, after, ids)
}

new AGIServer(handle, { port: Number(port), host: '127.0.0.1' }).start().on('listening', () => {
  fs.writeSync(Number(pipe), '1')
  fs.closeSync(Number(pipe))
})
