/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "register/description.h"

#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unicode/ucal.h>
#include <unicode/ustring.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/limits.h"
#include "register/description_column.h"

#define DESCRIPTION_BYTES_MAX ((size_t)1 << 20) /* a page per table is 20 KiB */
#define ZONE_NAME_MAX         64

/* A table while it is read: what cannot be checked before all of it is known. */
struct open_table {
    struct described_table *table;
    yaml_node_t *node, *columns, *subject;
    yaml_node_t *text; /* 'delimiter' or 'encoding' */
};

DEFINE_CLEANUP(struct description *, description_free)

struct description *description_free(struct description *description)
{
    if (!description)
        return NULL;
    free(description->fields);
    free(description->tables);
    arena_clear(&description->arena);
    free(description);
    return NULL;
}

/* register: */

static int read_name(struct yaml_reader *reader, yaml_node_t *value, void *target)
{
    (void)target;
    return yaml_read_text(reader, value, "the name of the register", &reader->description->name);
}

static bool is_country_code(struct slice text)
{
    for (size_t i = 0; i < text.length; i++) {
        char upper = (char)(text.data[i] & ~0x20);

        if (upper < 'A' || upper > 'Z')
            return false;
    }
    return text.length == 2;
}

int description_want_country(struct yaml_reader *reader, const yaml_node_t *node)
{
    int r = yaml_want_scalar(reader, node, "country");

    if (r < 0)
        return r;
    if (!is_country_code(yaml_scalar(node)))
        return yaml_complain(reader, node, "country must be a code of two letters, as MA or FR");
    return TQ_OK;
}

static int read_country(struct yaml_reader *reader, yaml_node_t *value, void *target)
{
    char code[2];
    int r = description_want_country(reader, value);

    (void)target;
    if (r < 0)
        return r;
    code[0] = (char)(value->data.scalar.value[0] & ~0x20);
    code[1] = (char)(value->data.scalar.value[1] & ~0x20);
    reader->description->country_code = yaml_keep(reader, slice_make(code, sizeof(code)));
    return reader->description->country_code ? TQ_OK : tq_no_memory(reader->err);
}

static bool timezone_is_known(const char *name)
{
    UChar wide[ZONE_NAME_MAX + 1], canonical[128];
    UErrorCode status = U_ZERO_ERROR;
    int32_t length = 0;

    (void)u_strFromUTF8(wide, ZONE_NAME_MAX, &length, name, -1, &status);
    if (U_FAILURE(status))
        return false;
    (void)ucal_getCanonicalTimeZoneID(wide, length, canonical, 128, NULL, &status);
    return U_SUCCESS(status);
}

static int read_timezone(struct yaml_reader *reader, yaml_node_t *value, void *target)
{
    CLEANUP(buf_clear_cleanup) struct buf word = {0};
    int r = yaml_read_text(reader, value, "timezone", &reader->description->timezone);

    (void)target;
    if (r < 0)
        return r;
    if (!timezone_is_known(reader->description->timezone))
        return yaml_complain(reader, value,
                             "unknown timezone '%s'; an IANA name is wanted, as "
                             "Africa/Casablanca, Europe/Paris or UTC",
                             yaml_shown(value, &word));
    return TQ_OK;
}

static int read_register(struct yaml_reader *reader, yaml_node_t *value, void *target)
{
    static const struct yaml_key rules[] = {
        {"name", read_name}, {"country", read_country}, {"timezone", read_timezone}};

    return yaml_read_mapping(reader, value, "key of 'register'", rules,
                             sizeof(rules) / sizeof(rules[0]), target);
}

/* subjects: */

static uint8_t find_kind(const struct description *description, struct slice name)
{
    for (uint8_t i = 0; i < description->kind_count; i++) {
        if (slice_is(name, description->kinds[i]))
            return i;
    }
    return KIND_NONE;
}

static int read_subjects(struct yaml_reader *reader, yaml_node_t *value, void *target)
{
    struct description *description = reader->description;
    size_t count;

    (void)target;
    if (value->type != YAML_SEQUENCE_NODE)
        return yaml_complain(reader, value, "subjects must be a list, as [person, employer]");
    count = (size_t)(value->data.sequence.items.top - value->data.sequence.items.start);
    if (count == 0 || count > REGISTER_KINDS_MAX)
        return yaml_complain(reader, value, "between 1 and %u kinds of subjects are wanted",
                             REGISTER_KINDS_MAX);
    description->kinds = arena_alloc(&description->arena, count, sizeof(*description->kinds));
    if (!description->kinds)
        return tq_no_memory(reader->err);
    for (size_t i = 0; i < count; i++) {
        yaml_node_t *node =
            yaml_document_get_node(reader->document, value->data.sequence.items.start[i]);
        const char *name;
        int r = yaml_read_word(reader, node, "the name of a kind of subjects", &name);

        if (r < 0)
            return r;
        if (find_kind(description, slice_of(name)) != KIND_NONE)
            return yaml_complain(reader, node, "'%s' is listed twice", name);
        description->kinds[description->kind_count++] = name;
    }
    return TQ_OK;
}

int description_read_kind(struct yaml_reader *reader, const yaml_node_t *node, const char *what,
                          uint8_t *out_kind)
{
    const struct description *description = reader->description;
    int r = yaml_want_scalar(reader, node, what);
    uint8_t kind;

    if (r < 0)
        return r;
    kind = find_kind(description, yaml_scalar(node));
    if (kind == KIND_NONE)
        return yaml_unknown_word(reader, node, what, description->kinds, description->kind_count);
    *out_kind = kind;
    return TQ_OK;
}

/* tables: */

static int table_name(struct yaml_reader *reader, yaml_node_t *value, void *target)
{
    struct described_table *table = ((struct open_table *)target)->table;
    int r = yaml_read_word(reader, value, "the name of a table", &table->name);

    for (size_t i = 0; r == TQ_OK && i < reader->description->table_count; i++) {
        if (strcmp(reader->description->tables[i].name, table->name) == 0)
            return yaml_complain(reader, value, "there are two tables of the name '%s'",
                                 table->name);
    }
    return r;
}

static int table_subject(struct yaml_reader *reader, yaml_node_t *value, void *target)
{
    struct open_table *table = target;

    table->subject = value;
    return description_read_kind(reader, value, "kind of subject", &table->table->kind);
}

static unsigned line_of(const yaml_node_t *node)
{
    return (unsigned)node->start_mark.line + 1;
}

static int table_key(struct yaml_reader *reader, yaml_node_t *value, void *target)
{
    struct described_table *table = ((struct open_table *)target)->table;

    table->key_line = line_of(value);
    return yaml_read_text(reader, value, "key", &table->key);
}

/* A table has one source. */
static int note_source(struct yaml_reader *reader, const yaml_node_t *value,
                       struct described_table *table)
{
    if (table->source_line > 0)
        return yaml_complain(reader, value,
                             "a table has one of 'file', 'snapshots', 'table' and 'sql'; the other "
                             "is in line %u",
                             table->source_line);
    table->source_line = line_of(value);
    return TQ_OK;
}

static int table_sql(struct yaml_reader *reader, yaml_node_t *value, void *target)
{
    struct described_table *table = ((struct open_table *)target)->table;
    int r = note_source(reader, value, table);

    return r < 0 ? r : yaml_read_text(reader, value, "sql", &table->sql);
}

static int table_relation(struct yaml_reader *reader, yaml_node_t *value, void *target)
{
    struct described_table *table = ((struct open_table *)target)->table;
    int r = note_source(reader, value, table);

    return r < 0 ? r : yaml_read_text(reader, value, "table", &table->relation);
}

int description_read_path(struct yaml_reader *reader, const yaml_node_t *value,
                          const char **out_path)
{
    const char *slash = strrchr(reader->path, '/');
    CLEANUP(buf_clear_cleanup) struct buf path = {0};
    CLEANUP(buf_clear_cleanup) struct buf word = {0};
    struct stat status;
    int r = yaml_want_scalar(reader, value, "file");

    if (r < 0)
        return r;
    if (slash && value->data.scalar.value[0] != '/')
        buf_add(&path, reader->path, (size_t)(slash + 1 - reader->path));
    buf_add_slice(&path, yaml_scalar(value));
    r = buf_check(&path, reader->err);
    if (r < 0)
        return r;
    if (stat(path.data, &status) < 0)
        return yaml_complain(reader, value,
                             "file '%s': %s (relative to the folder of the description)",
                             yaml_shown(value, &word), strerror(errno));
    if (!S_ISREG(status.st_mode))
        return yaml_complain(reader, value, "file '%s' is not a plain file",
                             yaml_shown(value, &word));
    *out_path = yaml_keep(reader, buf_slice(&path));
    return *out_path ? TQ_OK : tq_no_memory(reader->err);
}

static int table_file(struct yaml_reader *reader, yaml_node_t *value, void *target)
{
    struct described_table *table = ((struct open_table *)target)->table;
    int r = note_source(reader, value, table);

    return r < 0 ? r : description_read_path(reader, value, &table->file);
}

static int table_snapshots(struct yaml_reader *reader, yaml_node_t *value, void *target)
{
    struct described_table *table = ((struct open_table *)target)->table;
    int r = note_source(reader, value, table);

    return r < 0 ? r : description_read_snapshots(reader, value, table);
}

static int table_delimiter(struct yaml_reader *reader, yaml_node_t *value, void *target)
{
    struct described_table *table = ((struct open_table *)target)->table;
    int r = yaml_want_scalar(reader, value, "delimiter");

    ((struct open_table *)target)->text = value;
    if (r < 0)
        return r;
    if (slice_is(yaml_scalar(value), "tab") || slice_is(yaml_scalar(value), "\\t"))
        table->delimiter = '\t';
    else if (value->data.scalar.length == 1 && value->data.scalar.value[0] < 0x80
             && !strchr("\"\r\n", value->data.scalar.value[0]))
        table->delimiter = (char)value->data.scalar.value[0];
    else
        return yaml_complain(reader, value,
                             "delimiter must be one ASCII character or 'tab', as \",\" or \";\"");
    return TQ_OK;
}

static int table_dates(struct yaml_reader *reader, yaml_node_t *value, void *target)
{
    static const char *const words[] = {[DATE_DMY] = "dmy", [DATE_MDY] = "mdy", [DATE_YMD] = "ymd"};
    struct described_table *table = ((struct open_table *)target)->table;
    size_t count = sizeof(words) / sizeof(words[0]);
    int r = yaml_want_scalar(reader, value, "dates");

    if (r < 0)
        return r;
    for (size_t i = 0; i < count; i++) {
        if (!slice_is(yaml_scalar(value), words[i]))
            continue;
        table->dates = (enum date_order)i;
        table->has_dates = true;
        return TQ_OK;
    }
    return yaml_unknown_word(reader, value, "order of dates", words, count);
}

static int table_encoding(struct yaml_reader *reader, yaml_node_t *value, void *target)
{
    struct described_table *table = ((struct open_table *)target)->table;
    CLEANUP(buf_clear_cleanup) struct buf word = {0};
    iconv_t converter;
    int r = yaml_read_text(reader, value, "encoding", &table->encoding);

    ((struct open_table *)target)->text = value;
    if (r < 0)
        return r;
    converter = iconv_open("UTF-8", table->encoding);
    if (converter == (iconv_t)-1)
        return yaml_complain(reader, value,
                             "unknown encoding '%s'; a name of iconv is wanted, as "
                             "UTF-8, WINDOWS-1252, WINDOWS-1256 or ISO-8859-1",
                             yaml_shown(value, &word));
    (void)iconv_close(converter);
    return TQ_OK;
}

static int read_interval(struct yaml_reader *reader, const yaml_node_t *value, const char *what,
                         const char **out_from, const char **out_to)
{
    const char **outs[2] = {out_from, out_to};

    if (value->type != YAML_SEQUENCE_NODE
        || value->data.sequence.items.top - value->data.sequence.items.start != 2)
        return yaml_complain(
            reader, value,
            "%s must be a list of two column headers, as [%s_from, %s_to]; null where "
            "there is none",
            what, what, what);
    for (size_t i = 0; i < 2; i++) {
        yaml_node_t *node =
            yaml_document_get_node(reader->document, value->data.sequence.items.start[i]);
        int r;

        if (yaml_is_null(node))
            continue;
        r = yaml_read_text(reader, node, what, outs[i]);
        if (r < 0)
            return r;
    }
    return TQ_OK;
}

static int table_valid(struct yaml_reader *reader, yaml_node_t *value, void *target)
{
    struct described_table *table = ((struct open_table *)target)->table;

    table->valid_line = line_of(value);
    return read_interval(reader, value, "valid", &table->valid_from, &table->valid_to);
}

static int table_known(struct yaml_reader *reader, yaml_node_t *value, void *target)
{
    struct described_table *table = ((struct open_table *)target)->table;

    table->known_line = line_of(value);
    return read_interval(reader, value, "known", &table->known_from, &table->known_to);
}

static int table_period(struct yaml_reader *reader, yaml_node_t *value, void *target)
{
    struct described_table *table = ((struct open_table *)target)->table;
    int r;

    table->period_line = line_of(value);
    if (value->type != YAML_SEQUENCE_NODE)
        return yaml_read_text(reader, value, "period", &table->period);
    r = read_interval(reader, value, "period", &table->period, &table->period_month);
    if (r == TQ_OK && (!table->period || !table->period_month))
        return yaml_complain(reader, value,
                             "period must be a column header, or those of a year and a month, as "
                             "[year, month]");
    return r;
}

static int table_columns(struct yaml_reader *reader, yaml_node_t *value, void *target)
{
    (void)reader;
    ((struct open_table *)target)->columns = value; /* read last: it needs subject and period */
    return TQ_OK;
}

static int read_table(struct yaml_reader *reader, yaml_node_t *node)
{
    static const struct yaml_key rules[] = {{"name", table_name},
                                            {"subject", table_subject},
                                            {"key", table_key},
                                            {"file", table_file},
                                            {"sql", table_sql},
                                            {"table", table_relation},
                                            {"delimiter", table_delimiter},
                                            {"encoding", table_encoding},
                                            {"valid", table_valid},
                                            {"known", table_known},
                                            {"period", table_period},
                                            {"dates", table_dates},
                                            {"columns", table_columns},
                                            {"snapshots", table_snapshots}};
    struct description *description = reader->description;
    struct described_table table = {
        .delimiter = ',', .seen_from = MOMENT_MIN, .seen_to = MOMENT_MAX};
    struct open_table open = {.table = &table, .node = node};
    int r = yaml_read_mapping(reader, node, "key of a table", rules,
                              sizeof(rules) / sizeof(rules[0]), &open);

    if (r < 0)
        return r;
    if (!table.name)
        return yaml_complain(reader, node, "a table needs a name");
    if (!open.subject)
        return yaml_complain(reader, node, "table '%s' needs 'subject': one of the subjects",
                             table.name);
    if (!table.key)
        return yaml_complain(reader, node,
                             "table '%s' needs 'key': the header of the column that "
                             "names the subject",
                             table.name);
    if (table.snapshots && (table.known_from || table.known_to))
        return yaml_complain(reader, node,
                             "table '%s' has 'snapshots', which say when their rows were known; "
                             "take out 'known'",
                             table.name);
    if (table.source_line == 0)
        return yaml_complain(
            reader, node,
            "table '%s' needs 'file': the path of a CSV file; or 'snapshots': dated "
            "exports; or, of a database, 'table': its name there, or 'sql': a query",
            table.name);
    if (!table.file && !table.snapshots && open.text)
        return yaml_complain(reader, open.text, "only a 'file' has a delimiter or an encoding");
    if (!open.columns)
        return yaml_complain(reader, node, "table '%s' needs 'columns'", table.name);
    r = description_read_columns(reader, open.columns, &table);
    if (r < 0)
        return r;
    r = alloc_reserve(&description->tables, &description->table_capacity,
                      description->table_count + 1, sizeof(*description->tables), reader->err);
    if (r < 0)
        return r;
    description->tables[description->table_count++] = table;
    return TQ_OK;
}

static int read_tables(struct yaml_reader *reader, const yaml_node_t *node)
{
    if (node->type != YAML_SEQUENCE_NODE
        || node->data.sequence.items.top == node->data.sequence.items.start)
        return yaml_complain(reader, node, "tables must be a list: each begins with '- name: ...'");
    for (yaml_node_item_t *item = node->data.sequence.items.start;
         item < node->data.sequence.items.top; item++) {
        int r = read_table(reader, yaml_document_get_node(reader->document, *item));

        if (r < 0)
            return r;
    }
    return TQ_OK;
}

/* The whole: tables come last whatever the order in the file, since they use the other two. */

struct open_root {
    yaml_node_t *head, *subjects, *tables;
};

static int note_head(struct yaml_reader *reader, yaml_node_t *value, void *target)
{
    (void)reader;
    ((struct open_root *)target)->head = value;
    return TQ_OK;
}

static int note_subjects(struct yaml_reader *reader, yaml_node_t *value, void *target)
{
    (void)reader;
    ((struct open_root *)target)->subjects = value;
    return TQ_OK;
}

static int note_tables(struct yaml_reader *reader, yaml_node_t *value, void *target)
{
    (void)reader;
    ((struct open_root *)target)->tables = value;
    return TQ_OK;
}

static int read_root(struct yaml_reader *reader, yaml_node_t *node, void *target)
{
    static const struct yaml_key rules[] = {
        {"register", note_head}, {"subjects", note_subjects}, {"tables", note_tables}};
    struct open_root root = {0};
    int r = yaml_read_mapping(reader, node, "key", rules, sizeof(rules) / sizeof(rules[0]), &root);

    (void)target;
    if (r < 0)
        return r;
    if (!root.head || !root.subjects || !root.tables)
        return yaml_complain(reader, node,
                             "'%s' is missing; a description has register, subjects and "
                             "tables",
                             !root.head       ? "register"
                             : !root.subjects ? "subjects"
                                              : "tables");
    r = read_register(reader, root.head, NULL);
    if (r < 0)
        return r;
    if (!reader->description->name)
        return yaml_complain(reader, root.head, "the register needs a name");
    r = read_subjects(reader, root.subjects, NULL);
    if (r < 0)
        return r;
    return read_tables(reader, root.tables);
}

int description_parse(struct slice text, const char *path, struct description **out_description,
                      struct tq_error *err)
{
    CLEANUP(description_free_cleanup)
    struct description *description = alloc_zeroed(1, sizeof(*description));
    const char *slash = strrchr(path, '/');
    struct yaml_reader reader = {
        .path = path, .file = slash ? slash + 1 : path, .description = description, .err = err};
    int r;

    if (!description)
        return tq_no_memory(err);
    reader.arena = &description->arena;
    description->file = arena_text(&description->arena, slice_of(reader.file));
    if (!description->file)
        return tq_no_memory(err);
    description->country_code = "";
    description->timezone = "UTC";
    r = yaml_read_document(&reader, text, "the description", read_root, NULL);
    if (r < 0)
        return r;
    *out_description = TAKE(description);
    return TQ_OK;
}

int description_load(const char *path, struct description **out_description, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf text = {0};
    int r = file_load(path, DESCRIPTION_BYTES_MAX, &text, err);

    if (r == TQ_E_LIMIT)
        return tq_fail(err, r, "'%s' is too large for a description: more than %u bytes", path,
                       (unsigned)DESCRIPTION_BYTES_MAX);
    if (r < 0)
        return r;
    return description_parse(buf_slice(&text), path, out_description, err);
}
