/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* One column of a plan. */
#include "canary/plan_column.h"

#include "base/cleanup.h"
#include "base/moment.h"

#define WORDS_MAX 100000u /* of a list: all family names of a country */

/* A column while it is read: what is checked when all of it is known. */
struct open_column {
    struct canary_column *column;
    yaml_node_t *id, *pattern, *check, *words, *from, *to, *format, *field, *subject, *script;
};

static int note_header(struct yaml_reader *reader, yaml_node_t *value, void *target)
{
    return yaml_read_text(reader, value, "header", &((struct open_column *)target)->column->header);
}

/* Keys whose values are read later. */
#define NOTE(name)                                                                       \
    static int note_##name(struct yaml_reader *reader, yaml_node_t *value, void *target) \
    {                                                                                    \
        (void)reader;                                                                    \
        ((struct open_column *)target)->name = value;                                    \
        return TQ_OK;                                                                    \
    }
NOTE(id)
NOTE(pattern)
NOTE(check)
NOTE(words)
NOTE(from)
NOTE(to)
NOTE(format)
NOTE(field)
NOTE(subject)
NOTE(script)

/* ---- patterns ---- */

static int read_scheme(struct yaml_reader *reader, const yaml_node_t *node,
                       const struct scheme **out_scheme)
{
    CLEANUP(buf_clear_cleanup) struct buf word = {0};
    int r = yaml_want_scalar(reader, node, "check");

    if (r < 0)
        return r;
    *out_scheme = scheme_find(yaml_scalar(node));
    if (!*out_scheme)
        return yaml_complain(reader, node,
                             "unknown check '%s'; 'tahqiq register checks' lists those there are",
                             yaml_shown(node, &word));
    return TQ_OK;
}

static int complain_of_pattern(struct yaml_reader *reader, const yaml_node_t *node,
                               enum pattern_fault fault, const struct scheme *scheme)
{
    switch (fault) {
    case PATTERN_TOO_LONG:
        return yaml_complain(reader, node, "a pattern has at most %u characters",
                             PATTERN_BYTES_MAX);
    case PATTERN_NOT_ASCII:
        return yaml_complain(reader, node,
                             "a pattern is made of ASCII: '#' is a digit, '?' a capital letter");
    case PATTERN_NOT_FREE:
        return yaml_complain(reader, node,
                             "this pattern is one value only: '#' is a digit, '?' a capital "
                             "letter, as in \"89#######\"");
    case PATTERN_UNCHECKED:
        return yaml_complain(reader, node, "'%s' has no check digits: leave 'check' out",
                             scheme->name);
    case PATTERN_NEVER_PASSES:
        return yaml_complain(reader, node,
                             "hardly any value of this pattern passes '%s': does it have the right "
                             "length, and what the scheme prescribes in its place?",
                             scheme->name);
    case PATTERN_GOOD:
        break;
    }
    return TQ_OK;
}

static int read_pattern(struct yaml_reader *reader, const struct open_column *open)
{
    const yaml_node_t *node = open->id ? open->id : open->pattern;
    const struct scheme *scheme = NULL;
    const char *text;
    enum pattern_fault fault;
    int r = yaml_read_text(reader, node, open->id ? "id" : "pattern", &text);

    if (r == TQ_OK && open->check)
        r = read_scheme(reader, open->check, &scheme);
    if (r < 0)
        return r;
    fault = pattern_init(text, scheme, &open->column->pattern);
    if (fault != PATTERN_GOOD)
        return complain_of_pattern(reader, node, fault, scheme);
    open->column->source = open->id ? CANARY_ID : CANARY_PATTERN;
    return TQ_OK;
}

/* ---- words ---- */

/* The list of this name. */
static int find_list(struct yaml_reader *reader, const yaml_node_t *name, const yaml_node_t *lists,
                     const yaml_node_t **out_list)
{
    CLEANUP(buf_clear_cleanup) struct buf word = {0};

    for (const yaml_node_pair_t *pair = lists ? lists->data.mapping.pairs.start : NULL;
         lists && pair < lists->data.mapping.pairs.top; pair++) {
        const yaml_node_t *key = yaml_document_get_node(reader->document, pair->key);

        if (key->type == YAML_SCALAR_NODE && slice_equal(yaml_scalar(key), yaml_scalar(name))) {
            *out_list = yaml_document_get_node(reader->document, pair->value);
            return TQ_OK;
        }
    }
    return yaml_complain(reader, name, "there is no list '%s' under 'lists'",
                         yaml_shown(name, &word));
}

static int read_words(struct yaml_reader *reader, const yaml_node_t *node, const yaml_node_t *lists,
                      struct canary_column *column)
{
    size_t count;

    if (node->type == YAML_SCALAR_NODE) {
        int r = find_list(reader, node, lists, &node);

        if (r < 0)
            return r;
    }
    if (node->type != YAML_SEQUENCE_NODE)
        return yaml_complain(reader, node,
                             "words must be a list, as [Alami, Berrada], or its name");
    count = (size_t)(node->data.sequence.items.top - node->data.sequence.items.start);
    if (count == 0 || count > WORDS_MAX)
        return yaml_complain(reader, node, "between 1 and %u words are wanted", WORDS_MAX);
    column->words = arena_alloc(reader->arena, count, sizeof(*column->words));
    if (!column->words)
        return tq_no_memory(reader->err);
    for (size_t i = 0; i < count; i++) {
        const yaml_node_t *word =
            yaml_document_get_node(reader->document, node->data.sequence.items.start[i]);
        int r = yaml_read_text(reader, word, "a word", &column->words[i]);

        if (r < 0)
            return r;
    }
    column->word_count = (uint32_t)count;
    column->source = CANARY_WORDS;
    return TQ_OK;
}

/* ---- dates ---- */

static bool parse_day(struct slice text, int32_t *out_day)
{
    static const char shape[] = "dddd-dd-dd";
    int parts[3] = {0};
    unsigned part = 0;

    if (text.length != sizeof(shape) - 1)
        return false;
    for (size_t i = 0; i < text.length; i++) {
        char c = text.data[i];

        if (shape[i] == '-' ? c != '-' : c < '0' || c > '9')
            return false;
        if (c == '-')
            part++;
        else
            parts[part] = parts[part] * 10 + (c - '0');
    }
    if (!civil_is_valid(parts[0], (unsigned)parts[1], (unsigned)parts[2]))
        return false;
    *out_day = days_from_civil(parts[0], (unsigned)parts[1], (unsigned)parts[2]);
    return true;
}

int canary_read_day(struct yaml_reader *reader, const yaml_node_t *node, const char *what,
                    int32_t *out_day)
{
    CLEANUP(buf_clear_cleanup) struct buf word = {0};
    int r = yaml_want_scalar(reader, node, what);

    if (r < 0)
        return r;
    if (!parse_day(yaml_scalar(node), out_day))
        return yaml_complain(reader, node, "%s: '%s' is no date as 2026-03-01", what,
                             yaml_shown(node, &word));
    return TQ_OK;
}

static int read_dates(struct yaml_reader *reader, const struct open_column *open)
{
    struct canary_column *column = open->column;
    int r;

    if (!open->from || !open->to)
        return yaml_complain(reader, open->from ? open->from : open->to,
                             "a range of dates needs both 'from' and 'to'");
    r = canary_read_day(reader, open->from, "from", &column->first_day);
    if (r == TQ_OK)
        r = canary_read_day(reader, open->to, "to", &column->last_day);
    if (r < 0)
        return r;
    if (column->last_day < column->first_day)
        return yaml_complain(reader, open->to, "'to' is before 'from'");
    column->format = "YYYY-MM-DD";
    if (open->format)
        r = yaml_read_text(reader, open->format, "format", &column->format);
    if (r < 0)
        return r;
    if (!strstr(column->format, "YYYY") || !strstr(column->format, "MM")
        || !strstr(column->format, "DD"))
        return yaml_complain(reader, open->format,
                             "format needs YYYY, MM and DD in it, as DD/MM/YYYY");
    column->source = CANARY_DATE;
    return TQ_OK;
}

static int read_script(struct yaml_reader *reader, const yaml_node_t *node, bool *out_is_arabic)
{
    static const char *const words[] = {"latin", "arabic"};
    int r = yaml_want_scalar(reader, node, "script");

    if (r < 0)
        return r;
    *out_is_arabic = slice_is(yaml_scalar(node), words[1]);
    if (!*out_is_arabic && !slice_is(yaml_scalar(node), words[0]))
        return yaml_unknown_word(reader, node, "script", words, 2);
    return TQ_OK;
}

static int read_field(struct yaml_reader *reader, const struct open_column *open)
{
    int r = yaml_read_text(reader, open->field, "field", &open->column->field);

    if (r < 0)
        return r;
    if (!open->subject)
        return yaml_complain(reader, open->field,
                             "a field of the register needs 'subject': whose it is, as person");
    open->column->source = CANARY_FIELD;
    r = yaml_read_text(reader, open->subject, "subject", &open->column->subject);
    if (r == TQ_OK && open->script)
        r = read_script(reader, open->script, &open->column->is_arabic);
    return r;
}

/* ---- the whole ---- */

/* A key that says nothing beside the others would be left out silently. */
static int refuse_stray(struct yaml_reader *reader, const struct open_column *open)
{
    if (open->check && !open->id && !open->pattern)
        return yaml_complain(reader, open->check, "only an 'id' or a 'pattern' has a check");
    if (open->format && !open->from && !open->to)
        return yaml_complain(reader, open->format, "only dates ('from' and 'to') have a format");
    if (open->subject && !open->field)
        return yaml_complain(reader, open->subject, "only a 'field' has a subject");
    if (open->script && !open->field)
        return yaml_complain(reader, open->script, "only a 'field' has a script");
    return TQ_OK;
}

int canary_read_column(struct yaml_reader *reader, yaml_node_t *node, const yaml_node_t *lists,
                       struct canary_column *out_column)
{
    static const struct yaml_key keys[] = {
        {"header", note_header},   {"id", note_id},         {"pattern", note_pattern},
        {"check", note_check},     {"words", note_words},   {"from", note_from},
        {"to", note_to},           {"format", note_format}, {"field", note_field},
        {"subject", note_subject}, {"script", note_script}};
    struct canary_column column = {.line = (unsigned)node->start_mark.line + 1};
    struct open_column open = {.column = &column};
    int sources;
    int r = yaml_read_mapping(reader, node, "key of a column", keys, sizeof(keys) / sizeof(keys[0]),
                              &open);

    if (r < 0)
        return r;
    if (!column.header)
        return yaml_complain(reader, node, "a column needs 'header': what the export calls it");
    sources = !!open.id + !!open.pattern + !!open.words + (open.from || open.to) + !!open.field;
    if (sources != 1)
        return yaml_complain(reader, node,
                             "a column has one of 'id', 'pattern', 'words', 'from' and 'to', and "
                             "'field': what its cells are made of");
    r = refuse_stray(reader, &open);
    if (r < 0)
        return r;
    if (open.id || open.pattern)
        r = read_pattern(reader, &open);
    else if (open.words)
        r = read_words(reader, open.words, lists, &column);
    else if (open.field)
        r = read_field(reader, &open);
    else
        r = read_dates(reader, &open);
    if (r == TQ_OK)
        *out_column = column;
    return r;
}
