"""The tables of the journal, as the migrations that made them.

A migration is a name and its statements, run in one transaction together with the new `user_version`, so a journal says
by its header how many it has had. What was released is never edited: a change is a new migration at the end. The
comments stand inside the statements because SQLite keeps them, and `.schema` in any SQLite tool shows them.
"""

# "EDIG" in the header of the file: what tells our journal from any other SQLite file.
APPLICATION_ID = 0x45444947

_TABLES = (
    """
    CREATE TABLE meta (  -- what this journal is: instance, created_at
        key TEXT PRIMARY KEY,
        value TEXT NOT NULL
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE entries (  -- the history, append-only. An id in another table is the seq of the entry that began it
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        at TEXT NOT NULL,        -- UTC; the order of history is seq, times may go back
        kind TEXT NOT NULL,
        subjects TEXT NOT NULL,  -- JSON list, for example ["order:amazon-us:4XK7PL2Q"]
        body TEXT NOT NULL,      -- JSON object
        previous TEXT NOT NULL,  -- the hash of the entry before
        hash TEXT NOT NULL       -- SHA-256 of the compact JSON list [previous, seq, at, kind, subjects, body]
    )
    """,
    """
    CREATE TABLE subjects (  -- which entries concern a subject
        subject TEXT NOT NULL,
        seq INTEGER NOT NULL REFERENCES entries (seq),
        PRIMARY KEY (subject, seq)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE files (  -- every file in and out
        id INTEGER PRIMARY KEY REFERENCES entries (seq),
        sha256 TEXT NOT NULL,
        size INTEGER NOT NULL,
        direction TEXT NOT NULL CHECK (direction IN ('in', 'out')),
        channel TEXT NOT NULL,
        name TEXT NOT NULL,  -- a label, never a path: what UTF-8 cannot say is escaped
        at TEXT NOT NULL
    )
    """,
    """
    CREATE TABLE chunks (  -- the bytes of files, once for each SHA-256, in pieces of 1 MiB, each compressed with zlib
        sha256 TEXT NOT NULL,
        n INTEGER NOT NULL,
        data BLOB NOT NULL,
        UNIQUE (sha256, n)
    )
    """,
    """
    CREATE TABLE interchanges (
        id INTEGER PRIMARY KEY REFERENCES entries (seq),
        file_id INTEGER NOT NULL REFERENCES files (id),
        direction TEXT NOT NULL,
        partner TEXT,                 -- null: no partner has these ids
        key TEXT NOT NULL,            -- what a duplicate shares: ids, test flag, kind, control numbers
        segments_sha TEXT NOT NULL,   -- of the segments without line ends: a repeat has the same, a conflict another
        control_number TEXT NOT NULL,
        test INTEGER NOT NULL,
        outcome TEXT NOT NULL,        -- taken, repeat, conflict, held, refused
        at TEXT NOT NULL
    )
    """,
    """
    CREATE TABLE mappings (  -- the effective mappings that messages were read with
        hash TEXT PRIMARY KEY,
        text TEXT NOT NULL
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE messages (
        id INTEGER PRIMARY KEY REFERENCES entries (seq),
        interchange_id INTEGER NOT NULL REFERENCES interchanges (id),
        ordinal INTEGER NOT NULL,     -- its place in the interchange, from 1
        type TEXT NOT NULL,
        version TEXT NOT NULL,
        group_number TEXT,
        control_number TEXT NOT NULL,
        offset INTEGER NOT NULL,      -- where its bytes begin in the file
        length INTEGER NOT NULL,
        verdict TEXT NOT NULL,
        findings TEXT NOT NULL,       -- JSON list
        mapping TEXT REFERENCES mappings (hash)
    )
    """,
    """
    CREATE TABLE documents (
        id INTEGER PRIMARY KEY REFERENCES entries (seq),
        type TEXT NOT NULL,
        direction TEXT NOT NULL,
        partner TEXT NOT NULL,
        account TEXT,
        business_number TEXT NOT NULL,
        revision INTEGER NOT NULL,
        body TEXT NOT NULL,           -- JSON object
        sha256 TEXT NOT NULL,         -- of body
        message_id INTEGER REFERENCES messages (id),
        file_id INTEGER REFERENCES files (id),
        at TEXT NOT NULL,
        validation TEXT NOT NULL,     -- these three are caches: the events of the document decide
        delivery TEXT NOT NULL,
        acknowledgement TEXT NOT NULL,
        control_number TEXT,
        file TEXT                     -- the name of the file
    )
    """,
    """
    CREATE TABLE cases (  -- a cache of the case entries: what a person must look at
        id INTEGER PRIMARY KEY REFERENCES entries (seq),
        key TEXT NOT NULL,            -- the problem; one open case for each
        code TEXT NOT NULL,
        owner TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('open', 'closed')),
        message TEXT NOT NULL,
        remedy TEXT NOT NULL,
        evidence TEXT NOT NULL,       -- JSON object
        due_at TEXT,
        opened_at TEXT NOT NULL,
        at_stake TEXT,
        closed_at TEXT,
        reason TEXT,
        closed_by TEXT
    )
    """,
    """
    CREATE TABLE case_subjects (
        case_id INTEGER NOT NULL REFERENCES cases (id),
        subject TEXT NOT NULL,
        PRIMARY KEY (case_id, subject)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE outbox (  -- a cache of the dispatch entries: what is on its way out
        id INTEGER PRIMARY KEY REFERENCES entries (seq),
        document_id INTEGER REFERENCES documents (id),
        channel TEXT NOT NULL,
        name TEXT NOT NULL,
        file_id INTEGER NOT NULL REFERENCES files (id),
        control_number TEXT,
        state TEXT NOT NULL CHECK (state IN ('queued', 'staged', 'delivered', 'failed')),
        attempts INTEGER NOT NULL,
        next_at TEXT NOT NULL,        -- not to be tried before
        error TEXT,
        at TEXT NOT NULL
    )
    """,
    """
    CREATE TABLE numbers (  -- a cache of the number entries: the next of each series of control numbers
        series TEXT PRIMARY KEY,
        next INTEGER NOT NULL
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE items (  -- masters, as the ERP last sent them; body is the row as JSON, seq the entry that brought it
        sku TEXT NOT NULL, partner TEXT NOT NULL, partner_item TEXT NOT NULL, scheme TEXT NOT NULL,
        valid_from TEXT NOT NULL, body TEXT NOT NULL, seq INTEGER NOT NULL REFERENCES entries (seq),
        PRIMARY KEY (sku, partner, partner_item, scheme, valid_from)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE locations (
        code TEXT NOT NULL, scheme TEXT NOT NULL, partner TEXT NOT NULL, role TEXT NOT NULL,
        body TEXT NOT NULL, seq INTEGER NOT NULL REFERENCES entries (seq),
        PRIMARY KEY (code, scheme, partner, role)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE terms (
        account TEXT NOT NULL, body TEXT NOT NULL, seq INTEGER NOT NULL REFERENCES entries (seq),
        PRIMARY KEY (account)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE stock (
        sku TEXT NOT NULL, location TEXT NOT NULL, body TEXT NOT NULL, seq INTEGER NOT NULL REFERENCES entries (seq),
        PRIMARY KEY (sku, location)
    ) WITHOUT ROWID
    """,
)

_GUARDS = (
    """
    CREATE TRIGGER entries_are_never_changed BEFORE UPDATE ON entries
    BEGIN SELECT RAISE(ABORT, 'entries are append-only: history is not changed'); END
    """,
    """
    CREATE TRIGGER entries_are_never_removed BEFORE DELETE ON entries
    BEGIN SELECT RAISE(ABORT, 'entries are append-only: history is not removed'); END
    """,
    # INSERT OR REPLACE would pass by the trigger above, and an entry between two others is history invented.
    """
    CREATE TRIGGER entries_are_added_at_the_end BEFORE INSERT ON entries
    WHEN NEW.seq <= (SELECT max(seq) FROM entries)
    BEGIN SELECT RAISE(ABORT, 'entries are append-only: a new entry comes last'); END
    """,
)

_INDEXES = (
    "CREATE INDEX files_by_bytes ON files (sha256)",
    "CREATE INDEX interchanges_by_key ON interchanges (key, at) WHERE outcome = 'taken'",
    "CREATE INDEX interchanges_by_file ON interchanges (file_id)",
    "CREATE INDEX messages_by_interchange ON messages (interchange_id, ordinal)",
    "CREATE INDEX documents_by_number ON documents (business_number, partner)",
    "CREATE INDEX documents_by_control_number ON documents (control_number) WHERE control_number IS NOT NULL",
    "CREATE INDEX documents_by_message ON documents (message_id) WHERE message_id IS NOT NULL",
    "CREATE UNIQUE INDEX one_open_case_a_problem ON cases (key) WHERE state = 'open'",
    "CREATE INDEX cases_by_subject ON case_subjects (subject)",
    "CREATE INDEX outbox_waiting ON outbox (next_at) WHERE state IN ('queued', 'staged')",
    "CREATE INDEX outbox_by_document ON outbox (document_id) WHERE document_id IS NOT NULL",
)

_WAKEUPS = (
    """
    CREATE TABLE wakeups (  -- a cache: when an order must be looked at next, though nothing comes
        subject TEXT PRIMARY KEY,
        at TEXT NOT NULL
    ) WITHOUT ROWID
    """,
    "CREATE INDEX wakeups_by_time ON wakeups (at)",
    "CREATE INDEX outbox_delivered ON outbox (channel, next_at) WHERE state = 'delivered'",
)

# SQLite cannot change a CHECK: the table is made anew, with a state for what may or may not have arrived.
_IN_DOUBT = (
    """
    CREATE TABLE outbox_anew (  -- a cache of the dispatch entries: what is on its way out
        id INTEGER PRIMARY KEY REFERENCES entries (seq),
        document_id INTEGER REFERENCES documents (id),
        channel TEXT NOT NULL,
        name TEXT NOT NULL,
        file_id INTEGER NOT NULL REFERENCES files (id),
        control_number TEXT,
        state TEXT NOT NULL CHECK (state IN ('queued', 'staged', 'in_doubt', 'delivered', 'failed')),
        attempts INTEGER NOT NULL,
        next_at TEXT NOT NULL,        -- not to be tried, or asked for, before
        error TEXT,
        at TEXT NOT NULL
    )
    """,
    "INSERT INTO outbox_anew SELECT * FROM outbox",
    "DROP TABLE outbox",
    "ALTER TABLE outbox_anew RENAME TO outbox",
    "CREATE INDEX outbox_waiting ON outbox (next_at) WHERE state IN ('queued', 'staged', 'in_doubt')",
    "CREATE INDEX outbox_by_document ON outbox (document_id) WHERE document_id IS NOT NULL",
    "CREATE INDEX outbox_delivered ON outbox (channel, next_at) WHERE state = 'delivered'",
)

_RETENTION = (
    """
    CREATE TABLE pruned (  -- a cache of the bytes-pruned entries: bytes that were removed, and by which entry
        sha256 TEXT PRIMARY KEY,
        seq INTEGER NOT NULL REFERENCES entries (seq)
    ) WITHOUT ROWID
    """,
)

# What awaits its answer is asked for with every turn, and is a handful among all that was ever sent.
_UNANSWERED = ("CREATE INDEX documents_unanswered ON documents (id) WHERE acknowledgement = 'awaited'",)

MIGRATIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("0001-journal", (f"PRAGMA application_id = {APPLICATION_ID}", *_TABLES, *_GUARDS, *_INDEXES)),
    ("0002-wakeups", _WAKEUPS),
    ("0003-in-doubt", _IN_DOUBT),
    ("0004-retention", _RETENTION),
    ("0005-unanswered", _UNANSWERED),
)
"""Name and statements of every change to the schema, oldest first; `user_version` counts those a journal has had."""
