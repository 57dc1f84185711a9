"""What callers say is kept with its file and protocol."""

from clinic.voice_notes import VoiceNotes


def test_a_note_is_there_before_it_is_spoken(clinic):
    note = clinic.voice_notes.begin("complaint", "1.1", "261123000001", clinic.people["alice"])
    [kept] = clinic.voice_notes.list()
    assert (kept.id, kept.kind, kept.protocol, kept.seconds) == (note.id, "complaint", "261123000001", 0)
    assert kept.path == note.path.with_name(note.path.name + ".wav")
    assert note.path.is_absolute() and note.path.parent.is_dir()


def test_a_spoken_note_has_its_length(clinic):
    note = clinic.voice_notes.begin("name", "1.1")
    clinic.voice_notes.recorded(note.id, 4)
    assert clinic.voice_notes.list()[0].seconds == 4


def test_the_newest_come_first(clinic):
    ids = [clinic.voice_notes.begin("message", str(n)).id for n in range(3)]
    assert [note.id for note in clinic.voice_notes.list(2)] == ids[:0:-1]


def test_two_notes_of_a_call_have_two_files(clinic):
    first = clinic.voice_notes.begin("name", "1.1")
    clinic.clock.move(seconds=1)
    assert first.path != clinic.voice_notes.begin("name", "1.1").path


def test_a_callers_id_cannot_leave_the_folder(clinic):
    note = clinic.voice_notes.begin("name", "../../etc/passwd")
    assert ".." not in str(note.path)


def test_asterisk_which_is_another_user_may_write_in_the_days_folder(clinic):
    note = clinic.voice_notes.begin("name", "1.1")
    assert note.path.parent.stat().st_mode & 0o7777 == 0o2770


def test_what_was_taken_back_leaves_nothing(clinic, tmp_path):
    notes = VoiceNotes(clinic.database, tmp_path, clinic.clock)
    note = notes.begin("complaint", "1.1")
    file = note.path.with_name(f"{note.path.name}.wav")
    file.write_bytes(b"RIFF")
    for _ in range(2):
        notes.drop(note.id)
    assert (notes.list(), file.exists()) == ([], False)
