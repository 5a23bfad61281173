# SPDX-License-Identifier: AGPL-3.0-or-later
"""The yardstick for tables: the same work as SQL, on a PostgreSQL server of our own."""

import re

# ---- the register ----

def quote(text):
    return "'" + str(text).replace("'", "''") + "'"


def create_table(table):
    columns = ", ".join(f'"{column}" text' for column in table.header)
    return f'CREATE UNLOGGED TABLE "{table.name}" ({columns})'


def copy_table(table, register):
    path = (register / table.file).resolve()
    return f'COPY "{table.name}" FROM {quote(path)} (FORMAT csv, HEADER)'


def index_table(table):
    """From the subject to its facts, and from each value to its subjects: as a sealed register."""
    columns = list(dict.fromkeys([table.key, *table.columns]))
    return [f'CREATE INDEX ON "{table.name}" ("{column}")' for column in columns]


# ---- the register's state at the snapshot, in normal form ----

def compact(sql):
    return f"translate({sql}, ' .-/+', '')"


def upper_ascii(sql):
    """Without the wide characters that make upper() slow."""
    return f'upper({sql} COLLATE "C")'


def held_form(kind, field, sql):
    """How the snapshot keeps a value."""
    if field == "sex":
        return f"translate(left({sql}, 1), 'Hhmf', 'MMMF')"
    if kind == "phone":
        return f"right({compact(sql)}, 9)"
    if kind == "id":
        return upper_ascii(compact(sql))
    if kind in ("account", "date", "ref"):
        return compact(sql)
    if kind in ("amount", "number"):
        return f"replace(translate({sql}, ' ', ''), ',', '.')"
    return f"upper({sql})"


def seen_form(kind, field, sql, samples):
    """The same form from a cell of the leak."""
    if kind == "date" and samples and all(re.match(r"\d\d\D\d\d\D\d{4}$", v) for v in samples[:50]):
        return f"substr({sql}, 7, 4) || substr({sql}, 4, 2) || substr({sql}, 1, 2)"
    return held_form(kind, field, sql)


class Source:
    """Where the register has what a column of the leak claims."""

    def __init__(self, position, field, tables):
        self.position, self.field = position, field
        self.kind, self.sql, self.other, self.joins = "text", None, None, []
        persons = [table for table in tables if table.subject == "person"]
        if field == "full_name":
            self._full_name(persons)
        elif ">" in field:
            self._through(field, persons, tables)
        else:
            self._own(field, persons)

    def _full_name(self, persons):
        for table in persons:
            parts = [table.column_of("family_name"), table.column_of("given_name")]
            if all(parts):
                family, given = (f'"{table.name}_now"."{part}"' for part in parts)
                self.sql = f"{family} || ' ' || {given}"
                self.other = f"{given} || ' ' || {family}"
                self.joins = [table]

    def _own(self, field, persons):
        name, _, period = field.partition("@")
        for table in persons:
            column = table.column_of(name)
            if column and bool(table.period) == bool(period):
                self.kind = table.columns[column]["type"]
                self.sql = f'"{table.name}_now"."{column}"'
                self.joins = [table]
                return

    def _through(self, field, persons, tables):
        ref, target = field.split(">")
        for table in persons:
            column = table.column_of(ref)
            if not column:
                continue
            for referred in tables:
                held = referred.column_of(target)
                if held and referred.subject == table.columns[column]["to"]:
                    self.kind = referred.columns[held]["type"]
                    self.sql = f'"{referred.name}_now"."{held}"'
                    self.joins = [table, referred]
                    self.via = f'"{table.name}_now"."{column}"'
                    return


def now_table(table, leak, period):
    """What the register held of each subject at the snapshot."""
    begin, end = table.known
    conditions = [f'"{begin}" <= {quote(leak.snapshot)}',
                  f'("{end}" IS NULL OR "{end}" > {quote(leak.snapshot)})']
    if table.period:
        conditions.append(f'"{table.period}" = {quote(period)}')
    order = f', "{table.valid[0]}" DESC NULLS LAST' if table.valid else ""
    name = f'"{table.name}_now"'
    return [f'CREATE UNLOGGED TABLE {name} AS SELECT DISTINCT ON ("{table.key}") * '
            f'FROM "{table.name}" WHERE {" AND ".join(conditions)} ORDER BY "{table.key}"{order}',
            f"ANALYZE {name}"]


class Comparison:
    """The statements that verify a leaked list against the register."""

    def __init__(self, leak, tables):
        self.leak = leak
        sources = [Source(position, field, tables) for position, field in leak.fields.items()]
        self.sources = [source for source in sources if source.sql]
        self.identifier = next(s for s in self.sources if s.kind == "id" and
                               s.joins[0].key == s.joins[0].column_of(s.field))
        self.tables = list(dict.fromkeys(t for s in self.sources for t in s.joins))
        self.plan = None  # how the join is done
        self.period = next((s.field.split("@")[1] for s in self.sources if "@" in s.field), None)

    def snapshot(self):
        """One row a person, as it was when the leak was taken, indexed by the identifier."""
        steps = [step for table in self.tables
                 for step in now_table(table, self.leak, self.period)]
        base = self.identifier.joins[0]
        joins, joined = [f'"{base.name}_now"'], {base}
        columns = []
        for source in self.sources:
            for table in source.joins:
                if table in joined:
                    continue
                joined.add(table)
                key = (source.via if table.subject != base.subject
                       else f'"{base.name}_now"."{base.key}"')
                joins.append(f'LEFT JOIN "{table.name}_now" ON "{table.name}_now"."{table.key}" '
                             f"= {key}")
            form = held_form(source.kind, source.field, source.sql)
            columns.append(f"{form} AS s{source.position}")
            if source.other:
                other = held_form(source.kind, source.field, source.other)
                columns.append(f"{other} AS t{source.position}")
        steps.append(f"CREATE UNLOGGED TABLE snapshot AS SELECT {', '.join(columns)} "
                     f"FROM {' '.join(joins)}")
        steps.append(f"CREATE UNIQUE INDEX ON snapshot (s{self.identifier.position})")
        steps.append("VACUUM ANALYZE snapshot")
        return steps

    def clear(self):
        columns = ", ".join(f"c{i} text" for i in range(1, self.leak.column_count + 1))
        return ["DROP TABLE IF EXISTS leak, judged", f"CREATE UNLOGGED TABLE leak ({columns})"]

    def copy(self):
        return (f"COPY leak FROM {quote(self.leak.path.resolve())} (FORMAT csv, HEADER, "
                f"DELIMITER {quote(self.leak.delimiter)}, ENCODING '{self.leak.encoding}')")

    def _seen(self, source):
        column = f"c{source.position}"
        return seen_form(source.kind, source.field, column, self.leak.values(source.position))

    def judge(self):
        """Join, compare field by field, one verdict a row."""
        cells, missing = [], []
        compared = [s for s in self.sources if s is not self.identifier]
        for source in compared:
            held = f"s{source.position}"
            test = f"{self._seen(source)} = {held}"
            if source.other:
                test = f"{self._seen(source)} IN ({held}, t{source.position})"
            cells.append(f"{test} AS a{source.position}")
            missing.append(f"(c{source.position} IS NULL AND {held} IS NOT NULL)")
        agree = " AND ".join(f"coalesce(a{s.position}, true)" for s in compared)
        key = f"s{self.identifier.position}"
        return (
            "CREATE UNLOGGED TABLE judged AS SELECT *, CASE WHEN subject IS NULL THEN 'unfounded' "
            f"WHEN NOT ({agree}) THEN 'altered' WHEN lacks THEN 'incomplete' ELSE 'authentic' END "
            f"AS verdict FROM (SELECT leak.ctid AS record, {key} AS subject, {', '.join(cells)}, "
            f"{' OR '.join(missing)} AS lacks FROM leak LEFT JOIN snapshot ON {key} = "
            f"{self._seen(self.identifier)} OFFSET 0) compared")

    def note_plan(self, session):
        lines = session.run("EXPLAIN " + self.judge())
        self.plan = next(line.split("  (")[0].strip(" ->") for line in lines
                         if "Join" in line or "Nested Loop" in line)

    def count(self):
        """Verdicts, and agreeing and disagreeing cells of each column."""
        counts = ", ".join(
            f"count(*) FILTER (WHERE a{s.position}), count(*) FILTER (WHERE NOT a{s.position})"
            for s in self.sources if s is not self.identifier)
        return f"SELECT verdict, count(*), {counts} FROM judged GROUP BY verdict ORDER BY verdict"

    def compared_fields(self):
        return [s.field for s in self.sources if s is not self.identifier]
