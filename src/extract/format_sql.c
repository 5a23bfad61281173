/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * SQL dumps as text, of whatever database: CREATE TABLE names the columns, INSERT and COPY give
 * rows. Other statements are gone over; one that is not understood costs itself.
 */
#include <inttypes.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/limits.h"
#include "extract/format.h"
#include "extract/line_source.h"
#include "extract/sql_detect.h"
#include "extract/sql_lex.h"
#include "extract/sql_row.h"
#include "extract/sql_script.h"
#include "extract/sql_tables.h"
#include "extract/text_pages.h"

#define COPY_LINE_MAX ((size_t)16 << 10) /* of the statement, with the names of all columns */

struct sql_dump {
    const struct sink *sink;
    struct sql_lexer lexer;
    struct sql_tables tables;
    struct sql_row row, columns;
    struct buf name; /* of the table of the statement */
    struct note_kind unknown, queries, changes, other_copies, blank;
};

static void dump_clear(struct sql_dump *dump)
{
    sql_lexer_clear(&dump->lexer);
    sql_tables_clear(&dump->tables);
    sql_row_clear(&dump->row);
    sql_row_clear(&dump->columns);
    buf_clear(&dump->name);
}

static int next(struct sql_dump *dump, struct tq_error *err)
{
    return sql_lexer_next(&dump->lexer, err);
}

static bool is_sign(const struct sql_dump *dump, char sign)
{
    return dump->lexer.token.kind == SQL_SIGN && dump->lexer.token.sign == sign;
}

static bool is_word(const struct sql_dump *dump, const char *word)
{
    return sql_token_is(&dump->lexer.token, word);
}

static bool is_any_word(const struct sql_dump *dump, const char *const *words)
{
    while (*words && !is_word(dump, *words))
        words++;
    return *words;
}

/* A word that starts a statement where the one before may lack its ";". */
static bool starts_statement(const struct sql_dump *dump)
{
    static const char *const words[] = {"INSERT", "CREATE", "COPY", "GO", "DELIMITER", NULL};

    return dump->lexer.token.starts_line && is_any_word(dump, words);
}

/* Past the ";" of a statement. */
static int skip_statement(struct sql_dump *dump, struct tq_error *err)
{
    int r = TQ_OK;

    while (r == TQ_OK && dump->lexer.token.kind != SQL_END && !is_sign(dump, ';')) {
        r = next(dump, err);
        if (r == TQ_OK && starts_statement(dump)) {
            sql_lexer_unread(&dump->lexer);
            break;
        }
    }
    return r;
}

/*
 * Past a procedure, function or trigger, whose own statements are no rows: to the ";" that no BEGIN
 * or CASE is open at, or a line that ends it in some dialect.
 */
static int skip_routine(struct sql_dump *dump, struct tq_error *err)
{
    static const char *const loops[] = {"IF", "LOOP", "WHILE", "REPEAT", "FOR", NULL};
    uint64_t open = 0;

    for (;;) {
        const struct sql_token *token = &dump->lexer.token;
        int r = next(dump, err);

        if (r < 0 || token->kind == SQL_END || (open == 0 && is_sign(dump, ';')))
            return r;
        if (token->starts_line && (is_word(dump, "GO") || is_sign(dump, '/')))
            return TQ_OK;
        if (token->starts_line && is_word(dump, "DELIMITER")) {
            sql_lexer_unread(&dump->lexer);
            return TQ_OK;
        }
        if (is_word(dump, "BEGIN") || is_word(dump, "CASE")) {
            open++;
        } else if (is_word(dump, "END") && open > 0) {
            r = next(dump, err);
            if (r < 0)
                return r;
            open -= !is_any_word(dump, loops);
            sql_lexer_unread(&dump->lexer);
        }
    }
}

/* DELIMITER ;; - what follows are routines, up to the line that gives the ";" back. */
static int skip_delimited(struct sql_dump *dump, struct tq_error *err)
{
    struct slice line;
    int r = sql_lexer_line(&dump->lexer, err);

    if (r < 0 || slice_is(slice_trim(dump->lexer.token.text), ";"))
        return r;
    do {
        r = sql_lexer_line(&dump->lexer, err);
        if (r < 0)
            return r;
        line = slice_trim(dump->lexer.token.text);
        line.length = line.length > 9 ? 9 : line.length;
    } while (dump->lexer.token.kind != SQL_END && !sql_word_is(line, "DELIMITER"));
    return TQ_OK;
}

/* Schemas that say nothing of a table. */
static struct slice without_schema(struct slice name)
{
    static const struct slice schemas[] = {{"public.", 7}, {"dbo.", 4}, {"main.", 5}};

    for (size_t i = 0; i < sizeof(schemas) / sizeof(schemas[0]); i++) {
        if (name.length > schemas[i].length && slice_starts(name, schemas[i]))
            return slice_skip(name, schemas[i].length);
    }
    return name;
}

/*
 * The name of a table, of one or more parts; the token is its first. Afterwards it is the one
 * behind the name. An empty name: there was none.
 */
static int read_name(struct sql_dump *dump, struct tq_error *err)
{
    const struct sql_token *token = &dump->lexer.token;
    struct buf *name = &dump->name;
    bool open = true;
    int r = TQ_OK;

    buf_empty(name);
    while (r == TQ_OK && name->length <= CELL_BYTES_MAX) {
        bool is_part = token->kind == SQL_NAME || token->kind == SQL_STRING
                       || (token->kind == SQL_WORD && (open || token->text.data[0] == '.'));

        if (is_part && (open || token->text.data[0] == '.'))
            buf_add_slice(name, token->text);
        else if (is_sign(dump, '.'))
            buf_add_byte(name, '.');
        else
            break;
        open = name->length > 0 && name->data[name->length - 1] == '.';
        r = next(dump, err);
    }
    if (name->length > 0 && name->data[name->length - 1] == '.')
        name->length--;
    return r < 0 ? r : buf_check(name, err);
}

/* "(a, b, c)"; the token is the "(", and afterwards what is behind the ")". */
static int read_columns(struct sql_dump *dump, struct tq_error *err)
{
    const struct sql_token *token = &dump->lexer.token;
    int r;

    for (;;) {
        r = next(dump, err);
        if (r < 0)
            return r;
        if (token->kind == SQL_END || is_sign(dump, ';'))
            return TQ_OK;
        if (is_sign(dump, ')'))
            return next(dump, err);
        if (token->kind == SQL_SIGN)
            continue;
        if (dump->columns.text.length < CELL_BYTES_MAX * 8)
            buf_add_slice(&dump->columns.text, token->text);
        r = sql_row_end_cell(&dump->columns, err);
        if (r < 0)
            return r;
    }
}

/* Whether an element of CREATE TABLE says something of the table and not of a column. */
static bool is_constraint(const struct sql_dump *dump)
{
    static const char *const words[] = {
        "PRIMARY",  "KEY",     "UNIQUE",  "INDEX", "CONSTRAINT",   "FOREIGN", "CHECK",
        "FULLTEXT", "SPATIAL", "EXCLUDE", "LIKE",  "SUPPLEMENTAL", NULL};

    return is_any_word(dump, words);
}

/* Past one element of CREATE TABLE; *out_end: it was the last. */
static int skip_element(struct sql_dump *dump, bool *out_end, struct tq_error *err)
{
    uint64_t depth = 0;

    for (;;) {
        int r = TQ_OK;

        if (dump->lexer.token.kind == SQL_END || is_sign(dump, ';') || starts_statement(dump)) {
            *out_end = true;
            return r;
        }
        if (depth == 0 && (is_sign(dump, ',') || is_sign(dump, ')'))) {
            *out_end = is_sign(dump, ')');
            return r;
        }
        depth += is_sign(dump, '(');
        depth -= is_sign(dump, ')');
        r = next(dump, err);
        if (r < 0)
            return r;
    }
}

static int read_elements(struct sql_dump *dump, struct tq_error *err)
{
    bool end = false;

    while (!end) {
        int r;

        dump->lexer.has_brackets = true;
        r = next(dump, err);
        if (r < 0)
            return r;
        if ((dump->lexer.token.kind == SQL_WORD && !is_constraint(dump))
            || dump->lexer.token.kind == SQL_NAME || dump->lexer.token.kind == SQL_STRING) {
            buf_add_slice(&dump->columns.text, dump->lexer.token.text);
            r = sql_row_end_cell(&dump->columns, err);
            if (r < 0)
                return r;
        }
        r = skip_element(dump, &end, err);
        if (r < 0)
            return r;
    }
    if (starts_statement(dump))
        sql_lexer_unread(&dump->lexer);
    return TQ_OK;
}

static int create_table(struct sql_dump *dump, struct tq_error *err)
{
    int r;

    dump->lexer.has_brackets = true;
    do
        r = next(dump, err);
    while (r == TQ_OK && (is_word(dump, "IF") || is_word(dump, "NOT") || is_word(dump, "EXISTS")));
    if (r == TQ_OK)
        r = read_name(dump, err);
    if (r < 0)
        return r;
    if (!is_sign(dump, '('))
        return skip_statement(dump, err); /* AS SELECT, PARTITION OF: no columns are told */
    sql_row_empty(&dump->columns);
    r = read_elements(dump, err);
    if (r < 0)
        return r;
    dump->lexer.has_brackets = false;
    r = sql_tables_describe(&dump->tables, without_schema(buf_slice(&dump->name)), &dump->columns,
                            err);
    return r < 0 || dump->lexer.again ? r : skip_statement(dump, err);
}

static int create(struct sql_dump *dump, struct tq_error *err)
{
    static const char *const routines[] = {"PROCEDURE", "PROC",    "FUNCTION", "TRIGGER",
                                           "EVENT",     "PACKAGE", NULL};
    unsigned words = 0;

    for (;;) {
        int r = next(dump, err);

        if (r < 0)
            return r;
        if (is_word(dump, "TABLE"))
            return create_table(dump, err);
        if (is_any_word(dump, routines))
            return skip_routine(dump, err);
        if (is_sign(dump, ';') || dump->lexer.token.kind == SQL_END || words++ > 12)
            return skip_statement(dump, err);
    }
}

/* "(...), (...), ..."; the token is behind VALUES, and afterwards behind the last row. */
static int read_rows(struct sql_dump *dump, struct tq_error *err)
{
    int r = TQ_OK;

    while (r == TQ_OK && is_sign(dump, '(')) {
        r = sql_row_read(&dump->row, &dump->lexer, err);
        if (r == TQ_OK)
            r = sql_tables_row(&dump->tables, &dump->row, err);
        if (r < 0 || dump->row.torn)
            return r;
        r = next(dump, err);
        if (r == TQ_OK && is_sign(dump, ','))
            r = next(dump, err);
    }
    return r;
}

/* The values behind one SELECT; *out_given: they are given here, not taken from a table. */
static int read_selected(struct sql_dump *dump, bool *out_given, struct tq_error *err)
{
    bool end = false;
    int r = TQ_OK;

    sql_row_empty(&dump->row);
    dump->row.is_query = true;
    dump->row.line = dump->lexer.token.line;
    dump->lexer.in_values = true;
    while (r == TQ_OK && !end)
        r = sql_row_read_value(&dump->row, &dump->lexer, &end, err);
    dump->lexer.in_values = false;
    if (r == TQ_OK)
        r = next(dump, err);
    *out_given = !is_word(dump, "FROM");
    if (r < 0 || *out_given)
        return r;
    r = next(dump, err);
    *out_given = is_word(dump, "DUAL");
    return r < 0 || !*out_given ? r : next(dump, err);
}

static int note_query(struct sql_dump *dump, struct tq_error *err)
{
    int r = note_kind_add(&dump->queries, dump->sink, dump->lexer.token.line, err);

    return r < 0 ? r : skip_statement(dump, err);
}

/* SELECT 1, 'a' UNION ALL SELECT 2, 'b' - rows as well, unless they come FROM somewhere. */
static int read_selects(struct sql_dump *dump, struct tq_error *err)
{
    bool given;
    int r = sql_tables_begin(&dump->tables, without_schema(buf_slice(&dump->name)), &dump->columns,
                             err);

    while (r == TQ_OK && is_word(dump, "SELECT")) {
        r = read_selected(dump, &given, err);
        if (r < 0)
            return r;
        if (!given)
            return note_query(dump, err);
        r = sql_tables_row(&dump->tables, &dump->row, err);
        while (r == TQ_OK && (is_word(dump, "UNION") || is_word(dump, "ALL")))
            r = next(dump, err);
    }
    return r;
}

/* SET a = 1, b = 'x': a row that names its columns. The token is SET. */
static int read_assignments(struct sql_dump *dump, struct tq_error *err)
{
    bool end = false;
    int r;

    sql_row_empty(&dump->row);
    dump->row.line = dump->lexer.token.line;
    while (!end) {
        r = next(dump, err);
        if (r < 0)
            return r;
        buf_add_slice(&dump->columns.text, dump->lexer.token.text);
        r = sql_row_end_cell(&dump->columns, err);
        if (r == TQ_OK)
            r = next(dump, err);
        if (r < 0)
            return r;
        if (!is_sign(dump, '='))
            return skip_statement(dump, err);
        dump->lexer.in_values = true;
        r = sql_row_read_value(&dump->row, &dump->lexer, &end, err);
        dump->lexer.in_values = false;
        if (r < 0)
            return r;
    }
    r = sql_tables_begin(&dump->tables, without_schema(buf_slice(&dump->name)), &dump->columns,
                         err);
    if (r == TQ_OK)
        r = sql_tables_row(&dump->tables, &dump->row, err);
    return r < 0 ? r : skip_statement(dump, err);
}

/* What an INSERT says between its table and its rows; the token is then behind VALUES, or SET. */
static int read_to_rows(struct sql_dump *dump, struct tq_error *err)
{
    static const char *const fillers[] = {"OVERRIDING", "SYSTEM", "USER", "VALUE", "VALUES", NULL};
    int r = TQ_OK;

    sql_row_empty(&dump->columns);
    if (is_sign(dump, '('))
        r = read_columns(dump, err);
    dump->lexer.has_brackets = false;
    while (r == TQ_OK && is_any_word(dump, fillers))
        r = next(dump, err);
    return r;
}

/* One INTO of an INSERT; the token is the first of the name of its table. */
static int insert_into(struct sql_dump *dump, struct tq_error *err)
{
    int r = read_name(dump, err);

    if (r == TQ_OK)
        r = read_to_rows(dump, err);
    if (r < 0)
        return r;
    if (is_word(dump, "SET"))
        return read_assignments(dump, err);
    if (is_word(dump, "SELECT"))
        return read_selects(dump, err);
    if (!is_sign(dump, '('))
        return note_query(dump, err);
    r = sql_tables_begin(&dump->tables, without_schema(buf_slice(&dump->name)), &dump->columns,
                         err);
    return r < 0 ? r : read_rows(dump, err);
}

/* INSERT and REPLACE, the INSERT ALL of Oracle with several INTO included. */
static int insert(struct sql_dump *dump, struct tq_error *err)
{
    static const char *const fillers[] = {
        "LOW_PRIORITY", "DELAYED",  "HIGH_PRIORITY", "IGNORE", "OR",   "REPLACE", "ABORT",
        "FAIL",         "ROLLBACK", "ALL",           "FIRST",  "INTO", NULL};
    int r;

    dump->lexer.has_brackets = true;
    do
        r = next(dump, err);
    while (r == TQ_OK && is_any_word(dump, fillers));
    if (r == TQ_OK)
        r = insert_into(dump, err);
    while (r == TQ_OK && is_word(dump, "INTO") && !dump->lexer.again) {
        dump->lexer.has_brackets = true;
        r = next(dump, err);
        if (r == TQ_OK)
            r = insert_into(dump, err);
    }
    dump->lexer.has_brackets = false;
    if (r < 0 || dump->lexer.again)
        return r;
    if (starts_statement(dump)) { /* SQL Server ends none by a sign */
        sql_lexer_unread(&dump->lexer);
        return TQ_OK;
    }
    return dump->row.torn ? TQ_OK : skip_statement(dump, err);
}

/* A line of COPY: cells between tabs, \\N for nothing, backslash escapes. */
static int split_line(struct sql_dump *dump, struct slice line, struct tq_error *err)
{
    struct sql_row *row = &dump->row;
    struct buf *text = &row->text;
    size_t at = 0;
    int r = TQ_OK;

    sql_row_empty(row);
    while (r == TQ_OK && at <= line.length) {
        char c = at < line.length ? line.data[at] : '\t';

        if (c == '\t') {
            r = sql_row_end_cell(row, err);
        } else if (c == '\\' && at + 1 < line.length) {
            c = line.data[++at];
            if (c != 'N')
                buf_add_byte(text, sql_unescape(c));
        } else {
            size_t plain = 1;

            while (at + plain < line.length && line.data[at + plain] != '\t'
                   && line.data[at + plain] != '\\')
                plain++;
            buf_add(text, line.data + at, plain);
            at += plain - 1;
        }
        at++;
    }
    return r;
}

/* Whether the next line begins another COPY: then this one lost its end. */
static int is_at_copy(struct sql_dump *dump, bool *out_is, struct tq_error *err)
{
    static const char end[] = " FROM stdin;";
    size_t length = sizeof(end) - 1;
    struct slice line;
    int r = sql_lexer_peek(&dump->lexer, 5, &line, err);

    *out_is = slice_is(line, "COPY ");
    if (r < 0 || !*out_is)
        return r;
    r = sql_lexer_peek(&dump->lexer, COPY_LINE_MAX, &line, err);
    if (r < 0)
        return r;
    line = slice_trim(line);
    *out_is = line.length > length && memcmp(line.data + line.length - length, end, length) == 0;
    return TQ_OK;
}

/* The lines up to "\\.". */
static int read_copied(struct sql_dump *dump, struct tq_error *err)
{
    struct sql_lexer *lexer = &dump->lexer;
    bool lost;

    for (;;) {
        int r = is_at_copy(dump, &lost, err);

        if (r == TQ_OK && !lost)
            r = sql_lexer_line(lexer, err);
        if (r < 0)
            return r;
        if (lost || lexer->token.kind == SQL_END)
            return emit_note(dump->sink, lexer->line, err, "the data of a COPY has no end");
        if (slice_is(lexer->token.text, "\\."))
            return TQ_OK;
        if (lexer->token.text.length == 0 && dump->columns.count > 1) {
            r = note_kind_add(&dump->blank, dump->sink, lexer->token.line, err);
            if (r < 0)
                return r;
            continue;
        }
        r = split_line(dump, lexer->token.text, err);
        dump->row.line = lexer->token.line;
        dump->row.torn = lexer->token.torn;
        if (r == TQ_OK)
            r = sql_tables_row(&dump->tables, &dump->row, err);
        if (r < 0)
            return r;
    }
}

/* COPY name (columns) FROM stdin; as pg_dump writes it. */
static int copy(struct sql_dump *dump, struct tq_error *err)
{
    int r = next(dump, err);

    sql_row_empty(&dump->columns);
    if (r == TQ_OK)
        r = read_name(dump, err);
    if (r == TQ_OK && is_sign(dump, '('))
        r = read_columns(dump, err);
    if (r == TQ_OK && is_word(dump, "FROM"))
        r = next(dump, err);
    if (r < 0 || !is_word(dump, "STDIN"))
        return r < 0 ? r : skip_statement(dump, err);
    r = next(dump, err);
    if (r == TQ_OK && !is_sign(dump, ';')) {
        r = note_kind_add(&dump->other_copies, dump->sink, dump->lexer.token.line, err);
        if (r == TQ_OK)
            r = skip_statement(dump, err);
    }
    if (r == TQ_OK)
        r = sql_lexer_line(&dump->lexer, err);
    if (r == TQ_OK)
        r = sql_tables_begin(&dump->tables, without_schema(buf_slice(&dump->name)), &dump->columns,
                             err);
    return r < 0 ? r : read_copied(dump, err);
}

static int read_statement(struct sql_dump *dump, struct tq_error *err)
{
    const struct sql_token *token = &dump->lexer.token;
    int r;

    if (is_sign(dump, ';') || is_sign(dump, '/') || is_word(dump, "GO"))
        return TQ_OK;
    if (is_word(dump, "INSERT") || is_word(dump, "REPLACE"))
        return insert(dump, err);
    if (is_word(dump, "CREATE"))
        return create(dump, err);
    if (is_word(dump, "COPY"))
        return copy(dump, err);
    if (is_word(dump, "DELIMITER"))
        return skip_delimited(dump, err);
    if (is_sign(dump, '\\') || is_word(dump, "REM") || is_word(dump, "PROMPT"))
        return sql_lexer_line(&dump->lexer, err); /* told to psql or SQL*Plus */
    if (is_word(dump, "UPDATE") || is_word(dump, "DELETE")) {
        r = note_kind_add(&dump->changes, dump->sink, token->line, err);
        if (r < 0)
            return r;
    } else if (token->kind != SQL_WORD || !sql_is_statement(token->text)) {
        r = note_kind_add(&dump->unknown, dump->sink, token->line, err);
        if (r < 0)
            return r;
    }
    return skip_statement(dump, err);
}

static int read_statements(struct sql_dump *dump, struct tq_error *err)
{
    for (;;) {
        int r = next(dump, err);

        if (r < 0 || dump->lexer.token.kind == SQL_END)
            return r;
        r = read_statement(dump, err);
        if (r < 0)
            return r;
        dump->lexer.has_brackets = dump->lexer.in_values = false;
    }
}

/* A script without rows still names people: in queries, comments, changes. */
static int read_as_text(const struct extract_input *input, const struct extract_limits *limits,
                        const struct sink *sink, struct tq_error *err)
{
    CLEANUP(line_source_clear_cleanup) struct line_source lines = {0};
    CLEANUP(text_pages_clear)
    struct text_pages pages = {.sink = sink, .pages_max = limits->pages_max};
    bool end = false;
    int r = line_source_open(&lines, input->fd, input->size_bytes, err);

    while (r == TQ_OK && !end && !pages.stopped) {
        r = line_source_next(&lines, &end, err);
        if (r == TQ_OK && !end)
            r = text_pages_line(&pages, buf_slice(&lines.text), err);
    }
    return r < 0 ? r : text_pages_finish(&pages, err);
}

static int report(struct sql_dump *dump, const char *without_rows, struct tq_error *err)
{
    const struct note_kind *kinds[] = {&dump->unknown, &dump->queries, &dump->changes,
                                       &dump->other_copies, &dump->blank};
    int r = sql_tables_finish(&dump->tables, err);

    for (size_t i = 0; r == TQ_OK && i < sizeof(kinds) / sizeof(kinds[0]); i++)
        r = note_kind_finish(kinds[i], dump->sink, err);
    if (r == TQ_OK && dump->lexer.stray_quotes > 0)
        r = emit_note(dump->sink, 0, err,
                      "%" PRIu64 " quotes within strings were read as characters of them",
                      dump->lexer.stray_quotes);
    if (r == TQ_OK && dump->tables.writer.record == 0)
        r = emit_note(dump->sink, 0, err, "%s", without_rows);
    return r < 0 ? r : text_source_report(&dump->lexer.source, dump->sink, err);
}

/* Whether backslashes are escapes, by the beginning of the dump. */
static int find_dialect(struct sql_dump *dump, const struct extract_input *input,
                        struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf head = {0}, text = {0};
    char *room = buf_extend(&head, SQL_HEAD_BYTES);
    size_t got;
    int r;

    if (!room)
        return buf_check(&head, err);
    r = file_read_at(input->fd, 0, room, SQL_HEAD_BYTES, &got, err);
    if (r < 0)
        return r;
    r = decode_sample(slice_make(head.data, got), &text, err);
    if (r < 0)
        return r;
    dump->lexer.backslash = sql_has_backslashes(buf_slice(&text));
    return TQ_OK;
}

static void dump_init(struct sql_dump *dump, const struct sink *sink)
{
    *dump = (struct sql_dump){
        .sink = sink,
        .unknown = {"a statement that is not known", 0},
        .queries = {"an INSERT whose rows are not told", 0},
        .changes = {"a statement that changes or deletes rows, not followed", 0},
        .other_copies = {"a COPY with options: its lines were split at tabs", 0},
        .blank = {"a blank line among rows, not a record", 0},
    };
    sql_tables_init(&dump->tables, sink);
}

static int sql_read(const struct extract_input *input, const struct extract_limits *limits,
                    const struct sink *sink, struct tq_error *err)
{
    CLEANUP(dump_clear) struct sql_dump dump;
    int r;

    dump_init(&dump, sink);
    r = emit_type(sink, "sql", err);
    if (r < 0)
        return r;
    r = sql_lexer_open(&dump.lexer, input->fd, input->size_bytes, err);
    if (r == TQ_OK)
        r = find_dialect(&dump, input, err);
    if (r == TQ_OK)
        r = read_statements(&dump, err);
    if (r == TQ_OK)
        r = report(&dump, "no rows were found: searched as text", err);
    if (r < 0 || dump.tables.writer.record > 0)
        return r;
    return read_as_text(input, limits, sink, err);
}

/* The single-byte encoding that the head of a script says it is in, if any. */
static void find_encoding(struct sql_dump *dump, struct slice head)
{
    static const char setting[] = "SET client_encoding = '";
    const size_t length = sizeof(setting) - 1;
    const char *found = memmem(head.data, head.length, setting, length), *end;
    const struct codepage *page;

    if (!found)
        return;
    head = slice_skip(head, (size_t)(found - head.data) + length);
    end = memchr(head.data, '\'', head.length);
    page = end ? codepage_find(slice_make(head.data, (size_t)(end - head.data))) : NULL;
    if (page)
        dump->lexer.source.encoding.page = page;
}

int sql_read_script(const struct extract_input *input, const struct extract_limits *limits,
                    const struct sink *sink, const char *type, struct tq_error *err)
{
    CLEANUP(dump_clear) struct sql_dump dump;
    uint64_t bytes_max = CONTAINER_FREE_BYTES + input->size_bytes * limits->ratio_max;
    const struct text_source *source = &dump.lexer.source;
    struct slice head;
    int r;

    dump_init(&dump, sink);
    r = emit_type(sink, type, err);
    if (r < 0)
        return r;
    if (bytes_max > limits->total_bytes_max)
        bytes_max = limits->total_bytes_max;
    r = sql_lexer_open_stream(&dump.lexer, input->fd, bytes_max, err);
    if (r < 0)
        return r;
    head = slice_make(source->raw, source->raw_length);
    dump.lexer.backslash = sql_has_backslashes(head);
    find_encoding(&dump, head);
    r = read_statements(&dump, err);
    if (r == TQ_OK)
        r = report(&dump, "no rows were found in what pg_restore made of it", err);
    if (r < 0 || source->bytes_left > 0)
        return r;
    return emit_note(sink, 0, err,
                     "not read further after %" PRIu64 " bytes: it expands more than it may",
                     bytes_max);
}

static enum claim sql_claim(struct slice head, const struct extract_input *input)
{
    CLEANUP(buf_clear_cleanup) struct buf text = {0};
    struct tq_error ignored;

    (void)input;
    if (decode_sample(head, &text, &ignored) < 0)
        return CLAIM_FAILED;
    if (!decode_is_text(buf_slice(&text)))
        return CLAIM_NONE;
    return sql_is_likely(buf_slice(&text)) ? CLAIM_LIKELY : CLAIM_NONE;
}

const struct format format_sql = {"sql", sql_claim, sql_read};
