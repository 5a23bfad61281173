/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A file of rules: its tables, its words for the register's, its rules. */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "rules/rule_reader.h"
#include "rules/shipped.h"
#include "rules/yaml_words.h"

#define RULES_BYTES_MAX ((size_t)1 << 20) /* the shipped rules of a country are 8 KiB */
#define RULES_MAX       1000u
#define TABLES_MAX      200u
#define STEPS_MAX       5000u /* a value a day for fourteen years */

enum root_word {
    ROOT_NAME,
    ROOT_INCLUDE,
    ROOT_TABLES,
    ROOT_SUBJECTS,
    ROOT_FIELDS,
    ROOT_WITHOUT,
    ROOT_RULES,
    ROOT_WORDS
};

static const char *const root_words[ROOT_WORDS] = {"name",   "include", "tables", "subjects",
                                                   "fields", "without", "rules"};

enum table_word {
    TABLE_ABOUT,
    TABLE_UNIT,
    TABLE_SOURCE,
    TABLE_VALUES,
    TABLE_WORDS
};

static const char *const table_words[TABLE_WORDS] = {"about", "unit", "source", "values"};

DEFINE_CLEANUP(struct rule_set *, rule_set_free)

struct rule_set *rule_set_free(struct rule_set *set)
{
    if (!set)
        return NULL;
    free(set->rules);
    free(set->names);
    free(set->tables);
    free(set->aliases);
    arena_clear(&set->arena);
    free(set);
    return NULL;
}

bool rule_table_at(const struct rule_table *table, int64_t day, int64_t *out_number)
{
    uint16_t i = table->step_count;

    while (i > 0 && table->steps[i - 1].day > day)
        i--;
    if (i == 0)
        return false;
    *out_number = table->steps[i - 1].number;
    return true;
}

/* ---- tables ---- */

static int read_step(struct yaml_reader *reader, const yaml_node_pair_t *pair,
                     struct rule_table *table)
{
    const yaml_node_t *date = yaml_document_get_node(reader->document, pair->key);
    struct rule_step *step = &table->steps[table->step_count];
    int r = yaml_want_scalar(reader, date, "the date of a value");

    if (r < 0)
        return r;
    if (!rule_date_parse(yaml_scalar(date), &step->day))
        return yaml_complain(reader, date, "a date is wanted here, as 2024-01-31");
    if (table->step_count > 0 && step[-1].day >= step->day)
        return yaml_complain(reader, date, "the dates of a table must rise");
    r = rule_read_number(reader, yaml_document_get_node(reader->document, pair->value),
                         "the value of a date", 2, &step->number);
    table->step_count++;
    return r;
}

static int read_steps(struct yaml_reader *reader, const yaml_node_t *node, struct rule_table *table)
{
    size_t count = node->type == YAML_MAPPING_NODE
                       ? (size_t)(node->data.mapping.pairs.top - node->data.mapping.pairs.start)
                       : 0;

    if (count == 0 || count > STEPS_MAX)
        return yaml_complain(reader, node,
                             "values must be a mapping of dates, as {2024-01-01: 26}");
    table->steps = arena_alloc(reader->arena, count, sizeof(*table->steps));
    if (!table->steps)
        return tq_no_memory(reader->err);
    for (const yaml_node_pair_t *pair = node->data.mapping.pairs.start;
         pair < node->data.mapping.pairs.top; pair++) {
        int r = read_step(reader, pair, table);

        if (r < 0)
            return r;
    }
    return TQ_OK;
}

/* A table of the same name as an included one takes its place. */
static int keep_table(struct yaml_reader *reader, struct rule_set *set,
                      const struct rule_table *table)
{
    int r;

    for (size_t i = 0; i < set->table_count; i++) {
        if (strcmp(set->tables[i].name, table->name) == 0) {
            set->tables[i] = *table;
            return TQ_OK;
        }
    }
    r = alloc_reserve(&set->tables, &set->table_capacity, set->table_count + 1,
                      sizeof(*set->tables), reader->err);
    if (r == TQ_OK)
        set->tables[set->table_count++] = *table;
    return r;
}

static int read_table(struct yaml_reader *reader, const yaml_node_t *name, const yaml_node_t *node,
                      struct rule_set *set)
{
    yaml_node_t *nodes[TABLE_WORDS] = {NULL};
    struct rule_table table = {0};
    int r = yaml_read_word(reader, name, "the name of a table", &table.name);

    if (r == TQ_OK)
        r = yaml_read_words(reader, node, "word of a table", table_words, TABLE_WORDS, nodes);
    if (r < 0)
        return r;
    if (!nodes[TABLE_VALUES])
        return yaml_complain(reader, node, "a table needs 'values', as {2024-01-01: 3111.39}");
    if (set->table_count == TABLES_MAX)
        return yaml_complain(reader, node, "there are more than %u tables", TABLES_MAX);
    r = read_steps(reader, nodes[TABLE_VALUES], &table);
    return r < 0 ? r : keep_table(reader, set, &table);
}

static int read_tables(struct yaml_reader *reader, const yaml_node_t *node, struct rule_set *set)
{
    int r = TQ_OK;

    if (node->type != YAML_MAPPING_NODE)
        return yaml_complain(reader, node, "tables must be a mapping of names");
    for (const yaml_node_pair_t *pair = node->data.mapping.pairs.start;
         r == TQ_OK && pair < node->data.mapping.pairs.top; pair++) {
        const yaml_node_t *name = yaml_document_get_node(reader->document, pair->key);

        r = yaml_want_scalar(reader, name, "the name of a table");
        if (r == TQ_OK)
            r = yaml_refuse_repeated_key(reader, node, pair);
        if (r == TQ_OK)
            r = read_table(reader, name, yaml_document_get_node(reader->document, pair->value),
                           set);
    }
    return r;
}

/* ---- the register's words ---- */

static int read_aliases(struct yaml_reader *reader, const yaml_node_t *node, struct rule_set *set)
{
    int r = TQ_OK;

    if (node->type != YAML_MAPPING_NODE)
        return yaml_complain(reader, node,
                             "a mapping of the rules' words to the register's is wanted here");
    for (const yaml_node_pair_t *pair = node->data.mapping.pairs.start;
         r == TQ_OK && pair < node->data.mapping.pairs.top; pair++) {
        struct rule_alias alias = {0};

        if (set->alias_count == RULES_MAX)
            return yaml_complain(reader, node, "there are more than %u words", RULES_MAX);
        r = yaml_read_word(reader, yaml_document_get_node(reader->document, pair->key),
                           "the rules' word", &alias.ours);
        if (r == TQ_OK)
            r = yaml_refuse_repeated_key(reader, node, pair);
        if (r == TQ_OK)
            r = yaml_read_word(reader, yaml_document_get_node(reader->document, pair->value),
                               "the register's word", &alias.theirs);
        if (r == TQ_OK)
            r = alloc_reserve(&set->aliases, &set->alias_capacity, set->alias_count + 1,
                              sizeof(*set->aliases), reader->err);
        if (r == TQ_OK)
            set->aliases[set->alias_count++] = alias;
    }
    return r;
}

/* ---- rules ---- */

static size_t find_rule(const struct rule_set *set, struct slice name)
{
    size_t i = 0;

    while (i < set->rule_count && !slice_is(name, set->rules[i].name))
        i++;
    return i;
}

/* A rule of the same name as an included one takes its place; `own`: where those of this file
 * begin. */
static int keep_rule(struct yaml_reader *reader, const yaml_node_t *node, struct rule_set *set,
                     const struct rule *rule, size_t *own)
{
    size_t found = find_rule(set, slice_of(rule->name));
    int r;

    if (found < *own) {
        memmove(&set->rules[found], &set->rules[found + 1],
                (set->rule_count - found - 1) * sizeof(*set->rules));
        set->rule_count--;
        (*own)--;
    } else if (found < set->rule_count) {
        return yaml_complain(reader, node, "there are two rules of the name '%s'", rule->name);
    }
    if (set->rule_count == RULES_MAX)
        return yaml_complain(reader, node, "there are more than %u rules", RULES_MAX);
    r = alloc_reserve(&set->rules, &set->rule_capacity, set->rule_count + 1, sizeof(*set->rules),
                      reader->err);
    if (r == TQ_OK)
        set->rules[set->rule_count++] = *rule;
    return r;
}

static int read_rules(struct yaml_reader *reader, const yaml_node_t *node, struct rule_set *set)
{
    size_t own = set->rule_count;
    int r = TQ_OK;

    if (node->type != YAML_SEQUENCE_NODE)
        return yaml_complain(reader, node, "rules must be a list: each begins with '- rule: name'");
    for (const yaml_node_item_t *item = node->data.sequence.items.start;
         r == TQ_OK && item < node->data.sequence.items.top; item++) {
        yaml_node_t *one = yaml_document_get_node(reader->document, *item);
        struct rule rule = {0};

        r = rule_read(reader, one, set, &rule);
        if (r == TQ_OK)
            r = keep_rule(reader, one, set, &rule, &own);
    }
    return r;
}

static int leave_out(struct yaml_reader *reader, const yaml_node_t *node, struct rule_set *set)
{
    int r = yaml_want_scalar(reader, node, "the name of a rule");
    size_t found = r == TQ_OK ? find_rule(set, yaml_scalar(node)) : 0;

    if (r < 0)
        return r;
    if (found == set->rule_count)
        return yaml_complain(reader, node, "no included rule has this name");
    memmove(&set->rules[found], &set->rules[found + 1],
            (set->rule_count - found - 1) * sizeof(*set->rules));
    set->rule_count--;
    return TQ_OK;
}

/* ---- the file ---- */

static int read_root(struct yaml_reader *reader, yaml_node_t *node, void *target);

/* Read a shipped text into the set. Shipped texts include nothing. */
static int read_shipped(struct yaml_reader *outer, const struct shipped_rules *shipped,
                        struct rule_set *set)
{
    struct yaml_reader reader = {
        .path = shipped->name, .file = shipped->name, .arena = outer->arena, .err = outer->err};

    return yaml_read_document(&reader, slice_make(shipped->text, *shipped->length),
                              "a file of rules", read_root, set);
}

static int include(struct yaml_reader *reader, const yaml_node_t *node, struct rule_set *set)
{
    const struct shipped_rules *shipped;
    int r = yaml_want_scalar(reader, node, "include");

    if (r < 0)
        return r;
    shipped = shipped_rules_find(yaml_scalar(node));
    if (!shipped)
        return yaml_complain(reader, node, "include names rules that come with the program: %s",
                             shipped_rules_list);
    return read_shipped(reader, shipped, set);
}

/* Do something with each item of a list. */
static int read_list(struct yaml_reader *reader, const yaml_node_t *node, const char *what,
                     int (*read)(struct yaml_reader *, const yaml_node_t *, struct rule_set *),
                     struct rule_set *set)
{
    int r = TQ_OK;

    if (node->type != YAML_SEQUENCE_NODE)
        return yaml_complain(reader, node, "%s must be a list, as [a, b]", what);
    for (const yaml_node_item_t *item = node->data.sequence.items.start;
         r == TQ_OK && item < node->data.sequence.items.top; item++)
        r = read(reader, yaml_document_get_node(reader->document, *item), set);
    return r;
}

/* Whatever their order in the file: tables before the rules that use them. */
static int read_root(struct yaml_reader *reader, yaml_node_t *node, void *target)
{
    yaml_node_t *nodes[ROOT_WORDS] = {NULL};
    struct rule_set *set = target;
    int r = yaml_read_words(reader, node, "word of a file of rules", root_words, ROOT_WORDS, nodes);

    if (r == TQ_OK && nodes[ROOT_INCLUDE])
        r = read_list(reader, nodes[ROOT_INCLUDE], "include", include, set);
    if (r == TQ_OK && nodes[ROOT_WITHOUT])
        r = read_list(reader, nodes[ROOT_WITHOUT], "without", leave_out, set);
    if (r == TQ_OK && nodes[ROOT_SUBJECTS])
        r = read_aliases(reader, nodes[ROOT_SUBJECTS], set);
    if (r == TQ_OK && nodes[ROOT_FIELDS])
        r = read_aliases(reader, nodes[ROOT_FIELDS], set);
    if (r == TQ_OK && nodes[ROOT_TABLES])
        r = read_tables(reader, nodes[ROOT_TABLES], set);
    if (r == TQ_OK && nodes[ROOT_RULES])
        r = read_rules(reader, nodes[ROOT_RULES], set);
    if (r == TQ_OK && set->rule_count == 0)
        return yaml_complain(reader, node,
                             "there is no rule; 'rules' is a list of them, 'include' "
                             "takes in those that come with the program");
    return r;
}

int rule_set_parse(struct slice text, const char *file, struct rule_set **out_set,
                   struct tq_error *err)
{
    CLEANUP(rule_set_free_cleanup) struct rule_set *set = alloc_zeroed(1, sizeof(*set));
    struct yaml_reader reader = {.path = file, .file = file, .err = err};
    int r;

    if (!set)
        return tq_no_memory(err);
    reader.arena = &set->arena;
    r = yaml_read_document(&reader, text, "a file of rules", read_root, set);
    if (r == TQ_OK)
        *out_set = TAKE(set);
    return r;
}

int rule_set_load(const char *path, struct rule_set **out_set, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf text = {0};
    const char *slash = strrchr(path, '/');
    int r = file_load(path, RULES_BYTES_MAX, &text, err);

    return r < 0 ? r : rule_set_parse(buf_slice(&text), slash ? slash + 1 : path, out_set, err);
}

int rule_set_shipped(const char *country, struct rule_set **out_set, struct tq_error *err)
{
    return rule_set_parse(strcmp(country, "MA") == 0 ? SLICE_LITERAL("include: [generic, morocco]")
                                                     : SLICE_LITERAL("include: [generic]"),
                          "shipped rules", out_set, err);
}

int rule_set_open(const char *path, const char *country, struct rule_set **out_set,
                  struct tq_error *err)
{
    return path ? rule_set_load(path, out_set, err) : rule_set_shipped(country, out_set, err);
}
