/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What a rule compares: one term, or the least, greatest or total of several. */
#include "base/alloc.h"
#include "rules/rule_reader.h"
#include "rules/yaml_words.h"

#define DAY_MINUTES 1440
#define TIMES_MAX   (1000ll * RULE_MILLION)
#define CODES_MAX   256u
#define MONTHS_MAX  600u
#define SHIFT_MAX   73000 /* days, or months: no date of a register is further away */
#define MILLIONTHS  6u

enum term_word {
    TERM_FIELD,
    TERM_TABLE,
    TERM_SUM,
    TERM_MOMENT,
    TERM_MONTHS,
    TERM_YEAR,
    TERM_TIMES,
    TERM_PLUS,
    TERM_PLUS_DAYS,
    TERM_PLUS_MONTHS,
    TERM_PLUS_YEARS,
    TERM_MISSING,
    TERM_CODES,
    TERM_LEAST,
    TERM_GREATEST,
    TERM_TOTAL,
    TERM_WORDS
};

static const char *const term_words[TERM_WORDS] = {
    "field",     "table",       "sum",        "moment",  "months", "year",  "times",    "plus",
    "plus_days", "plus_months", "plus_years", "missing", "codes",  "least", "greatest", "total"};

/* What a fact knows of itself, by the words of a file; in the order of enum rule_source. */
static const char *const moment_words[] = {"value",      "today",    "period",     "period_end",
                                           "valid_from", "valid_to", "known_from", "known_to"};
#define MOMENT_WORDS (sizeof(moment_words) / sizeof(moment_words[0]))

/* ---- terms ---- */

static int read_codes(struct yaml_reader *reader, const yaml_node_t *node, struct rule_term *term)
{
    const yaml_node_pair_t *pair, *end;
    struct rule_code *codes;
    size_t count;

    if (node->type != YAML_MAPPING_NODE)
        return yaml_complain(reader, node, "codes must be a mapping, as {SO: 1, DE: 2}");
    pair = node->data.mapping.pairs.start;
    end = node->data.mapping.pairs.top;
    count = (size_t)(end - pair);
    if (count > CODES_MAX)
        return yaml_complain(reader, node, "at most %u codes are allowed", CODES_MAX);
    codes = arena_alloc(reader->arena, count + 1, sizeof(*codes));
    if (!codes)
        return tq_no_memory(reader->err);
    for (; pair < end; pair++) {
        struct rule_code *code = &codes[term->code_count];
        int r = yaml_read_code(reader, yaml_document_get_node(reader->document, pair->key),
                               &code->code);

        if (r == TQ_OK)
            r = rule_read_number(reader, yaml_document_get_node(reader->document, pair->value),
                                 "the number of a code", RULE_HUNDREDTHS, &code->number);
        if (r < 0)
            return r;
        term->code_count++;
    }
    term->codes = codes;
    return TQ_OK;
}

static int read_moment(struct yaml_reader *reader, const yaml_node_t *node, struct rule_term *term)
{
    int r = yaml_want_scalar(reader, node, "moment");

    for (size_t i = 0; r == TQ_OK && i < MOMENT_WORDS; i++) {
        if (slice_is(yaml_scalar(node), moment_words[i])) {
            term->source = (enum rule_source)(RULE_VALUE + i);
            return TQ_OK;
        }
    }
    return r < 0 ? r : yaml_unknown_word(reader, node, "moment", moment_words, MOMENT_WORDS);
}

/* "26", "2024-01-01", "today" */
static int read_plain_term(struct yaml_reader *reader, const yaml_node_t *node,
                           struct rule_term *term)
{
    struct slice text = yaml_scalar(node);
    int32_t day;
    int r = yaml_want_scalar(reader, node, "what is compared");

    if (r < 0)
        return r;
    if (rule_date_parse(text, &day)) {
        term->source = RULE_DATE;
        term->number = (int64_t)day * DAY_MINUTES;
        return TQ_OK;
    }
    if (strchr("-0123456789", text.data[0]))
        return rule_read_number(reader, node, "what is compared", RULE_HUNDREDTHS, &term->number);
    return read_moment(reader, node, term);
}

static int read_sum(struct yaml_reader *reader, struct open_rule *open, yaml_node_t *const *nodes,
                    struct rule_term *term)
{
    int64_t months = 0;
    int r = rule_read_field(reader, open, nodes[TERM_SUM], &term->name);

    term->source = RULE_SUM;
    if (r == TQ_OK && !nodes[TERM_MONTHS] == !nodes[TERM_YEAR])
        return yaml_complain(reader, nodes[TERM_SUM],
                             "a sum needs either 'months: N' or 'year: true'");
    if (r == TQ_OK && nodes[TERM_YEAR])
        return rule_read_true(reader, nodes[TERM_YEAR], "year");
    if (r == TQ_OK)
        r = rule_read_count(reader, nodes[TERM_MONTHS], "months", 1, MONTHS_MAX, &months);
    term->months = (uint16_t)months;
    return r;
}

static int read_source(struct yaml_reader *reader, struct open_rule *open, const yaml_node_t *node,
                       yaml_node_t *const *nodes, struct rule_term *term)
{
    int sources =
        !!nodes[TERM_FIELD] + !!nodes[TERM_TABLE] + !!nodes[TERM_SUM] + !!nodes[TERM_MOMENT];

    if (sources != 1)
        return yaml_complain(reader, node,
                             "exactly one of field, table, sum and moment is wanted here");
    if ((nodes[TERM_MONTHS] || nodes[TERM_YEAR]) && !nodes[TERM_SUM])
        return yaml_complain(reader, node, "'months' and 'year' belong to a sum");
    if ((nodes[TERM_CODES] || nodes[TERM_MISSING]) && !nodes[TERM_FIELD])
        return yaml_complain(reader, node, "'codes' and 'missing' belong to a field");
    if (nodes[TERM_SUM])
        return read_sum(reader, open, nodes, term);
    if (nodes[TERM_MOMENT])
        return read_moment(reader, nodes[TERM_MOMENT], term);
    if (nodes[TERM_TABLE]) {
        term->source = RULE_TABLE;
        return rule_read_table_name(reader, nodes[TERM_TABLE], open->set, &term->table);
    }
    term->source = RULE_FIELD;
    return rule_read_field(reader, open, nodes[TERM_FIELD], &term->name);
}

static int read_shift(struct yaml_reader *reader, const yaml_node_t *node, const char *what,
                      int32_t unit, int32_t *shift)
{
    int64_t count = 0;
    int r = node ? rule_read_count(reader, node, what, -SHIFT_MAX / unit, SHIFT_MAX / unit, &count)
                 : TQ_OK;

    *shift += (int32_t)count * unit;
    return r;
}

static int read_changes(struct yaml_reader *reader, yaml_node_t *const *nodes,
                        struct rule_term *term)
{
    int r = TQ_OK;

    if (nodes[TERM_TIMES])
        r = rule_read_number(reader, nodes[TERM_TIMES], "times", MILLIONTHS, &term->times);
    if (r == TQ_OK && (term->times > TIMES_MAX || term->times < -TIMES_MAX))
        return yaml_complain(reader, nodes[TERM_TIMES], "times must be from -1000 to 1000");
    if (r == TQ_OK && nodes[TERM_PLUS])
        r = rule_read_number(reader, nodes[TERM_PLUS], "plus", RULE_HUNDREDTHS, &term->plus);
    if (r == TQ_OK)
        r = read_shift(reader, nodes[TERM_PLUS_DAYS], "plus_days", 1, &term->plus_days);
    if (r == TQ_OK)
        r = read_shift(reader, nodes[TERM_PLUS_MONTHS], "plus_months", 1, &term->plus_months);
    if (r == TQ_OK)
        r = read_shift(reader, nodes[TERM_PLUS_YEARS], "plus_years", 12, &term->plus_months);
    if (r == TQ_OK && nodes[TERM_MISSING]) {
        term->has_missing = true;
        r = rule_read_number(reader, nodes[TERM_MISSING], "missing", RULE_HUNDREDTHS,
                             &term->missing);
    }
    if (r == TQ_OK && nodes[TERM_CODES])
        r = read_codes(reader, nodes[TERM_CODES], term);
    return r;
}

static int read_term(struct yaml_reader *reader, struct open_rule *open, const yaml_node_t *node,
                     struct rule_term *term)
{
    yaml_node_t *nodes[TERM_WORDS] = {NULL};
    int r;

    *term = (struct rule_term){.times = RULE_MILLION};
    if (node->type == YAML_SCALAR_NODE)
        return read_plain_term(reader, node, term);
    r = yaml_read_words(reader, node, "word of what is compared", term_words, TERM_LEAST, nodes);
    if (r == TQ_OK)
        r = read_source(reader, open, node, nodes, term);
    return r < 0 ? r : read_changes(reader, nodes, term);
}

/* ---- operands: one term, or the least, greatest or total of several ---- */

static int read_joined(struct yaml_reader *reader, struct open_rule *open, const yaml_node_t *list,
                       struct rule_operand *operand)
{
    size_t count = list->type == YAML_SEQUENCE_NODE
                       ? (size_t)(list->data.sequence.items.top - list->data.sequence.items.start)
                       : 0;

    if (count < 2 || count > RULE_TERMS_MAX)
        return yaml_complain(reader, list, "a list of 2 to %u terms is wanted here",
                             RULE_TERMS_MAX);
    operand->terms = arena_alloc(reader->arena, count, sizeof(*operand->terms));
    if (!operand->terms)
        return tq_no_memory(reader->err);
    for (size_t i = 0; i < count; i++) {
        int r =
            read_term(reader, open,
                      yaml_document_get_node(reader->document, list->data.sequence.items.start[i]),
                      &operand->terms[i]);

        if (r < 0)
            return r;
        operand->count++;
    }
    return TQ_OK;
}

/* Whether the mapping is {least: [...]} or the like. */
static const yaml_node_t *find_join(struct yaml_reader *reader, const yaml_node_t *node,
                                    enum rule_join *out_join)
{
    const yaml_node_pair_t *pair = node->data.mapping.pairs.start;

    if (node->type != YAML_MAPPING_NODE || node->data.mapping.pairs.top - pair != 1)
        return NULL;
    for (unsigned i = TERM_LEAST; i < TERM_WORDS; i++) {
        const yaml_node_t *key = yaml_document_get_node(reader->document, pair->key);

        if (key->type == YAML_SCALAR_NODE && slice_is(yaml_scalar(key), term_words[i])) {
            *out_join = (enum rule_join)(RULE_LEAST + i - TERM_LEAST);
            return yaml_document_get_node(reader->document, pair->value);
        }
    }
    return NULL;
}

int rule_read_operand(struct yaml_reader *reader, struct open_rule *open, const yaml_node_t *node,
                      struct rule_operand *operand)
{
    const yaml_node_t *list;
    int r;

    *operand = (struct rule_operand){.join = RULE_SINGLE};
    list = find_join(reader, node, &operand->join);
    if (list)
        return read_joined(reader, open, list, operand);
    operand->terms = arena_alloc(reader->arena, 1, sizeof(*operand->terms));
    if (!operand->terms)
        return tq_no_memory(reader->err);
    r = read_term(reader, open, node, operand->terms);
    operand->count = 1;
    return r;
}
