/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "canary/plan.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/escape.h"
#include "base/file.h"
#include "base/hash.h"
#include "canary/plan_column.h"

#define PLAN_BYTES_MAX ((size_t)4 << 20) /* lists of names come along */
#define NAMED_MAX      8u                /* recipients listed in a complaint */

/* A plan while it is read: columns need the lists, whatever their order in the file. */
struct open_plan {
    struct canary_plan *plan;
    yaml_node_t *lists, *columns, *recipients;
};

DEFINE_CLEANUP(struct canary_plan *, canary_plan_free)

struct canary_plan *canary_plan_free(struct canary_plan *plan)
{
    if (!plan)
        return NULL;
    arena_clear(&plan->arena);
    free(plan);
    return NULL;
}

/* Number of items of a list of 1 to `count_max`. */
static int want_list(struct yaml_reader *reader, const yaml_node_t *node, const char *what,
                     size_t count_max, size_t *out_count)
{
    size_t count;

    if (node->type != YAML_SEQUENCE_NODE)
        return yaml_complain(reader, node, "%s must be a list: each begins with '-'", what);
    count = (size_t)(node->data.sequence.items.top - node->data.sequence.items.start);
    if (count == 0 || count > count_max)
        return yaml_complain(reader, node, "between 1 and %zu %s are wanted", count_max, what);
    *out_count = count;
    return TQ_OK;
}

static yaml_node_t *list_item(struct yaml_reader *reader, const yaml_node_t *list, size_t i)
{
    return yaml_document_get_node(reader->document, list->data.sequence.items.start[i]);
}

/* ---- recipients ---- */

static int recipient_name(struct yaml_reader *reader, yaml_node_t *value, void *target)
{
    return yaml_read_text(reader, value, "the name of a recipient",
                          &((struct canary_recipient *)target)->name);
}

/* A whole number; 0 if the text is none, or one far beyond CANARY_COUNT_MAX. */
static uint32_t parse_count(struct slice text)
{
    uint32_t count = 0;

    if (text.length > 7)
        return 0;
    for (size_t i = 0; i < text.length; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return 0;
        count = count * 10 + (uint32_t)(text.data[i] - '0');
    }
    return count;
}

static int recipient_count(struct yaml_reader *reader, yaml_node_t *value, void *target)
{
    struct canary_recipient *recipient = target;
    CLEANUP(buf_clear_cleanup) struct buf word = {0};
    int r = yaml_want_scalar(reader, value, "count");

    if (r < 0)
        return r;
    recipient->count = parse_count(yaml_scalar(value));
    if (recipient->count == 0 || recipient->count > CANARY_COUNT_MAX)
        return yaml_complain(reader, value, "count must be from 1 to %u, not '%s'",
                             CANARY_COUNT_MAX, yaml_shown(value, &word));
    return TQ_OK;
}

static int recipient_since(struct yaml_reader *reader, yaml_node_t *value, void *target)
{
    int32_t day;
    int r = canary_read_day(reader, value, "since", &day);

    if (r < 0)
        return r;
    return yaml_read_text(reader, value, "since", &((struct canary_recipient *)target)->since);
}

static int read_recipient(struct yaml_reader *reader, yaml_node_t *node, struct canary_plan *plan)
{
    static const struct yaml_key keys[] = {
        {"name", recipient_name}, {"count", recipient_count}, {"since", recipient_since}};
    struct canary_recipient recipient = {.line = (unsigned)node->start_mark.line + 1};
    int r = yaml_read_mapping(reader, node, "key of a recipient", keys,
                              sizeof(keys) / sizeof(keys[0]), &recipient);

    if (r < 0)
        return r;
    if (!recipient.name || recipient.count == 0 || !recipient.since)
        return yaml_complain(reader, node,
                             "a recipient needs 'name', 'count': how many false persons, and "
                             "'since': the day on which it had them");
    for (size_t i = 0; i < plan->recipient_count; i++) {
        if (strcmp(plan->recipients[i].name, recipient.name) == 0)
            return yaml_complain(reader, node,
                                 "line %u has this name already; each export has a name of its "
                                 "own, as \"Mutuelle 2026-03\"",
                                 plan->recipients[i].line);
    }
    plan->total += recipient.count;
    if (plan->total > CANARY_TOTAL_MAX)
        return yaml_complain(reader, node, "a plan has at most %u canaries, all exports together",
                             CANARY_TOTAL_MAX);
    plan->recipients[plan->recipient_count++] = recipient;
    return TQ_OK;
}

static int read_recipients(struct yaml_reader *reader, const yaml_node_t *node,
                           struct canary_plan *plan)
{
    size_t count;
    int r = want_list(reader, node, "recipients", CANARY_RECIPIENTS_MAX, &count);

    if (r < 0)
        return r;
    plan->recipients = arena_alloc(&plan->arena, count, sizeof(*plan->recipients));
    if (!plan->recipients)
        return tq_no_memory(reader->err);
    for (size_t i = 0; i < count && r == TQ_OK; i++)
        r = read_recipient(reader, list_item(reader, node, i), plan);
    return r;
}

/* ---- columns ---- */

/* Where most of a block are canaries, a hit in it proves little, and recipients share many. */
static int check_room(struct yaml_reader *reader, const yaml_node_t *node,
                      const struct canary_column *column, const struct canary_plan *plan)
{
    double wanted = CANARY_ROOM * plan->total;

    if (column->source != CANARY_ID || column->pattern.size >= wanted)
        return TQ_OK;
    return yaml_complain(
        reader, node,
        "the block of '%s' has some %.0f values; %.0f are wanted, %.0f for each of "
        "%u canaries: leave more of it free",
        column->header, column->pattern.size, wanted, CANARY_ROOM, plan->total);
}

static int read_column(struct yaml_reader *reader, const struct open_plan *open, yaml_node_t *node)
{
    struct canary_plan *plan = open->plan;
    struct canary_column column;
    int r = canary_read_column(reader, node, open->lists, &column);

    if (r < 0)
        return r;
    for (size_t i = 0; i < plan->column_count; i++) {
        if (strcmp(plan->columns[i].header, column.header) == 0)
            return yaml_complain(reader, node, "line %u has a column of this header already",
                                 plan->columns[i].line);
    }
    r = check_room(reader, node, &column, plan);
    if (r == TQ_OK)
        plan->columns[plan->column_count++] = column;
    return r;
}

static int read_columns(struct yaml_reader *reader, const struct open_plan *open)
{
    struct canary_plan *plan = open->plan;
    bool has_id = false;
    size_t count;
    int r = want_list(reader, open->columns, "columns", CANARY_COLUMNS_MAX, &count);

    if (r < 0)
        return r;
    plan->columns = arena_alloc(&plan->arena, count, sizeof(*plan->columns));
    if (!plan->columns)
        return tq_no_memory(reader->err);
    for (size_t i = 0; i < count && r == TQ_OK; i++)
        r = read_column(reader, open, list_item(reader, open->columns, i));
    if (r < 0)
        return r;
    for (size_t i = 0; i < plan->column_count; i++)
        has_id = has_id || plan->columns[i].source == CANARY_ID;
    if (!has_id)
        return yaml_complain(reader, open->columns,
                             "one column at least must have an 'id': canaries are known by it");
    return TQ_OK;
}

/* ---- the whole ---- */

static int read_name(struct yaml_reader *reader, yaml_node_t *value, void *target)
{
    return yaml_read_text(reader, value, "the name of the plan",
                          &((struct open_plan *)target)->plan->name);
}

static int read_key_id(struct yaml_reader *reader, yaml_node_t *value, void *target)
{
    struct canary_plan *plan = ((struct open_plan *)target)->plan;
    struct tq_error cause;
    int r = yaml_want_scalar(reader, value, "key_id");

    if (r < 0)
        return r;
    if (hex_parse(yaml_scalar(value), plan->key_id, CANARY_KEY_ID_BYTES, &cause) < 0)
        return yaml_complain(reader, value, "key_id is what 'canary make' printed, %u of 0-9 a-f",
                             2 * CANARY_KEY_ID_BYTES);
    plan->has_key_id = true;
    return TQ_OK;
}

static int note_lists(struct yaml_reader *reader, yaml_node_t *value, void *target)
{
    if (value->type != YAML_MAPPING_NODE)
        return yaml_complain(reader, value, "lists must be a mapping, as family: [Alami, Berrada]");
    ((struct open_plan *)target)->lists = value;
    return TQ_OK;
}

static int note_columns(struct yaml_reader *reader, yaml_node_t *value, void *target)
{
    (void)reader;
    ((struct open_plan *)target)->columns = value;
    return TQ_OK;
}

static int note_recipients(struct yaml_reader *reader, yaml_node_t *value, void *target)
{
    (void)reader;
    ((struct open_plan *)target)->recipients = value;
    return TQ_OK;
}

static int read_root(struct yaml_reader *reader, yaml_node_t *node, void *target)
{
    static const struct yaml_key keys[] = {{"name", read_name},
                                           {"key_id", read_key_id},
                                           {"lists", note_lists},
                                           {"columns", note_columns},
                                           {"recipients", note_recipients}};
    struct open_plan *open = target;
    int r = yaml_read_mapping(reader, node, "key", keys, sizeof(keys) / sizeof(keys[0]), open);

    if (r < 0)
        return r;
    if (!open->plan->name || !open->columns || !open->recipients)
        return yaml_complain(reader, node,
                             "'%s' is missing; a plan has name, columns and recipients",
                             !open->plan->name ? "name"
                             : !open->columns  ? "columns"
                                               : "recipients");
    r = read_recipients(reader, open->recipients, open->plan);
    return r < 0 ? r : read_columns(reader, open);
}

int canary_plan_parse(struct slice text, const char *path, struct canary_plan **out_plan,
                      struct tq_error *err)
{
    CLEANUP(canary_plan_free_cleanup)
    struct canary_plan *plan = alloc_zeroed(1, sizeof(*plan));
    const char *slash = strrchr(path, '/');
    struct open_plan open = {.plan = plan};
    struct yaml_reader reader = {.path = path, .file = slash ? slash + 1 : path, .err = err};
    int r;

    if (!plan)
        return tq_no_memory(err);
    reader.arena = &plan->arena;
    plan->file = arena_text(&plan->arena, slice_of(reader.file));
    if (!plan->file)
        return tq_no_memory(err);
    r = yaml_read_document(&reader, text, "the plan", read_root, &open);
    if (r < 0)
        return r;
    *out_plan = TAKE(plan);
    return TQ_OK;
}

int canary_plan_load(const char *path, struct canary_plan **out_plan, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf text = {0};
    int r = file_load(path, PLAN_BYTES_MAX, &text, err);

    if (r == TQ_E_LIMIT)
        return tq_fail(err, r, "'%s' is too large for a plan: more than %u bytes", path,
                       (unsigned)PLAN_BYTES_MAX);
    return r < 0 ? r : canary_plan_parse(buf_slice(&text), path, out_plan, err);
}

int canary_plan_recipient(const struct canary_plan *plan, const char *name,
                          const struct canary_recipient **out_recipient, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf known = {0};

    for (size_t i = 0; i < plan->recipient_count; i++) {
        if (strcmp(plan->recipients[i].name, name) == 0) {
            *out_recipient = &plan->recipients[i];
            return TQ_OK;
        }
        if (i < NAMED_MAX) {
            buf_add_text(&known, i ? ", '" : "'");
            escape_text(&known, slice_of(plan->recipients[i].name));
            buf_add_byte(&known, '\'');
        }
    }
    return tq_fail(err, TQ_E_USAGE, "%s has no recipient '%s'; it has %s%s", plan->file, name,
                   known.data ? known.data : "", plan->recipient_count > NAMED_MAX ? ", ..." : "");
}

int canary_plan_check_key(const struct canary_plan *plan, const uint8_t key[CANARY_KEY_BYTES],
                          struct tq_error *err)
{
    uint8_t id[CANARY_KEY_ID_BYTES];
    char wanted[2 * CANARY_KEY_ID_BYTES + 1], given[2 * CANARY_KEY_ID_BYTES + 1];

    canary_key_id(key, id);
    if (!plan->has_key_id || memcmp(id, plan->key_id, sizeof(id)) == 0)
        return TQ_OK;
    hex_of(plan->key_id, sizeof(id), wanted);
    hex_of(id, sizeof(id), given);
    return tq_fail(err, TQ_E_KEY, "this key is %s, but %s was made with the key %s", given,
                   plan->file, wanted);
}
