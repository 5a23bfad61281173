/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* One rule of a file of rules. */
#include "rules/rule_reader.h"

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/limits.h"
#include "base/moment.h"
#include "normalise/scheme.h"
#include "rules/yaml_words.h"

#define DAY_MINUTES   1440
#define MILLION       1000000
#define TIMES_MAX     (1000ll * MILLION)
#define WORDS_MAX     256u
#define MONTHS_MAX    600u
#define SHIFT_MAX     73000 /* days, or months: no date of a register is further away */
#define AT_ONCE_MAX   1000000
#define HUNDREDTHS    2u
#define MILLIONTHS    6u
#define NUMBER_DIGITS 11 /* before the point: millionths fit 64 bits, and sums of hundredths */

/* Words of a condition; a rule has them and those after them. */
enum rule_word {
    WORD_TEST,
    WORD_AT_LEAST,
    WORD_AT_MOST,
    WORD_ABOVE,
    WORD_BELOW,
    WORD_EQUALS,
    WORD_BETWEEN,
    WORD_WITHIN,
    WORD_IN,
    WORD_NOT_IN,
    WORD_CHECK,
    WORD_UNIQUE,
    WORD_AT_ONCE,
    WORD_NOT_YET,
    CONDITION_WORDS,
    WORD_RULE = CONDITION_WORDS,
    WORD_ABOUT, /* one a language, in the order of enum language */
    WORD_ABOUT_FR,
    WORD_ABOUT_AR,
    WORD_STRENGTH,
    WORD_SUBJECT,
    WORD_FIELD,
    WORD_EVERY,
    WORD_WHERE,
    RULE_WORDS
};

static const char *const rule_words[RULE_WORDS] = {
    "test",     "at_least", "at_most",  "above",   "below",   "equals",  "between", "within",
    "in",       "not_in",   "check",    "unique",  "at_once", "not_yet", "rule",    "about",
    "about_fr", "about_ar", "strength", "subject", "field",   "every",   "where"};

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

/* ---- numbers, dates, names ---- */

/* Digits, a point and up to `digits` more; false if it is anything else. */
static bool parse_number(struct slice text, unsigned digits, int64_t *out_number)
{
    bool negative = text.length > 0 && text.data[0] == '-';
    unsigned whole = 0, decimals = 0;
    bool point = false;
    int64_t number = 0;

    for (size_t i = negative; i < text.length; i++) {
        char c = text.data[i];

        if (c == '.' && !point && whole > 0) {
            point = true;
            continue;
        }
        if (c < '0' || c > '9' || (point ? decimals == digits : whole == NUMBER_DIGITS))
            return false;
        number = number * 10 + (c - '0');
        whole += !point;
        decimals += point;
    }
    for (; decimals < digits; decimals++)
        number *= 10;
    *out_number = negative ? -number : number;
    return whole > 0 && text.data[text.length - 1] != '.';
}

int rule_read_number(struct yaml_reader *reader, const yaml_node_t *node, const char *what,
                     unsigned digits, int64_t *out_number)
{
    CLEANUP(buf_clear_cleanup) struct buf word = {0};
    int r = yaml_want_scalar(reader, node, what);

    if (r < 0)
        return r;
    if (!parse_number(yaml_scalar(node), digits, out_number))
        return yaml_complain(reader, node, "%s: '%s' is no number as 26 or 6000.00", what,
                             yaml_shown(node, &word));
    return TQ_OK;
}

bool rule_date_parse(struct slice text, int32_t *out_day)
{
    int parts[3] = {0, 0, 0};

    if (text.length != 10)
        return false;
    for (unsigned i = 0, part = 0; i < 10; i++) {
        if (i == 4 || i == 7) {
            if (text.data[i] != '-')
                return false;
            part++;
            continue;
        }
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
        parts[part] = parts[part] * 10 + (text.data[i] - '0');
    }
    if (!civil_is_valid(parts[0], (unsigned)parts[1], (unsigned)parts[2]))
        return false;
    *out_day = days_from_civil(parts[0], (unsigned)parts[1], (unsigned)parts[2]);
    return true;
}

/* A whole number in [low, high]. */
static int read_count(struct yaml_reader *reader, const yaml_node_t *node, const char *what,
                      int64_t low, int64_t high, int64_t *out_count)
{
    int r = rule_read_number(reader, node, what, 0, out_count);

    if (r == TQ_OK && (*out_count < low || *out_count > high))
        return yaml_complain(reader, node, "%s must be from %lld to %lld", what, (long long)low,
                             (long long)high);
    return r;
}

static int read_true(struct yaml_reader *reader, const yaml_node_t *node, const char *what)
{
    int r = yaml_want_scalar(reader, node, what);

    if (r == TQ_OK && !slice_is(yaml_scalar(node), "true"))
        return yaml_complain(reader, node, "%s can only be true; else leave it out", what);
    return r;
}

/* Number of a field in the set, added if it is new. */
static int intern_name(struct yaml_reader *reader, struct open_rule *open, const char *field,
                       uint16_t *out_name)
{
    struct rule_set *set = open->set;
    int r;

    for (size_t i = 0; i < set->name_count; i++) {
        if (strcmp(set->names[i].kind, open->rule.kind) == 0
            && strcmp(set->names[i].field, field) == 0) {
            *out_name = (uint16_t)i;
            return TQ_OK;
        }
    }
    if (set->name_count == REGISTER_FIELDS_MAX)
        return yaml_complain(reader, open->node, "rules name more than %u fields",
                             REGISTER_FIELDS_MAX);
    r = alloc_reserve(&set->names, &set->name_capacity, set->name_count + 1, sizeof(*set->names),
                      reader->err);
    if (r < 0)
        return r;
    set->names[set->name_count] = (struct rule_name){open->rule.kind, field};
    *out_name = (uint16_t)set->name_count++;
    return TQ_OK;
}

/* "salary" or "declared_by>employer_status". */
static int read_field_name(struct yaml_reader *reader, const yaml_node_t *node, const char **out)
{
    int r = yaml_read_text(reader, node, "the name of a field", out);
    const char *arrow = r == TQ_OK ? strchr(*out, '>') : NULL;

    if (r == TQ_OK && arrow && (arrow == *out || !arrow[1] || strchr(arrow + 1, '>')))
        return yaml_complain(reader, node,
                             "a field of what a reference points to is written reference>field");
    return r;
}

static int read_field(struct yaml_reader *reader, struct open_rule *open, const yaml_node_t *node,
                      uint16_t *out_name)
{
    const char *field;
    int r = read_field_name(reader, node, &field);

    if (r < 0)
        return r;
    if (!open->field)
        return yaml_complain(reader, node, "a rule for every field cannot name another one");
    return intern_name(reader, open, field, out_name);
}

int rule_read_table_name(struct yaml_reader *reader, const yaml_node_t *node,
                         const struct rule_set *set, uint16_t *out_table)
{
    const char *names[20];
    size_t count = 0;
    int r = yaml_want_scalar(reader, node, "the name of a table");

    if (r < 0)
        return r;
    for (size_t i = 0; i < set->table_count; i++) {
        if (slice_is(yaml_scalar(node), set->tables[i].name)) {
            *out_table = (uint16_t)i;
            return TQ_OK;
        }
        if (count < sizeof(names) / sizeof(names[0]))
            names[count++] = set->tables[i].name;
    }
    return yaml_unknown_word(reader, node, "table", names, count);
}

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
    if (count > WORDS_MAX)
        return yaml_complain(reader, node, "at most %u codes are allowed", WORDS_MAX);
    codes = arena_alloc(reader->arena, count + 1, sizeof(*codes));
    if (!codes)
        return tq_no_memory(reader->err);
    for (; pair < end; pair++) {
        struct rule_code *code = &codes[term->code_count];
        int r = yaml_read_code(reader, yaml_document_get_node(reader->document, pair->key),
                               &code->code);

        if (r == TQ_OK)
            r = rule_read_number(reader, yaml_document_get_node(reader->document, pair->value),
                                 "the number of a code", HUNDREDTHS, &code->number);
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
        return rule_read_number(reader, node, "what is compared", HUNDREDTHS, &term->number);
    return read_moment(reader, node, term);
}

static int read_sum(struct yaml_reader *reader, struct open_rule *open, yaml_node_t *const *nodes,
                    struct rule_term *term)
{
    int64_t months = 0;
    int r = read_field(reader, open, nodes[TERM_SUM], &term->name);

    term->source = RULE_SUM;
    if (r == TQ_OK && !nodes[TERM_MONTHS] == !nodes[TERM_YEAR])
        return yaml_complain(reader, nodes[TERM_SUM],
                             "a sum needs either 'months: N' or 'year: true'");
    if (r == TQ_OK && nodes[TERM_YEAR])
        return read_true(reader, nodes[TERM_YEAR], "year");
    if (r == TQ_OK)
        r = read_count(reader, nodes[TERM_MONTHS], "months", 1, MONTHS_MAX, &months);
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
    return read_field(reader, open, nodes[TERM_FIELD], &term->name);
}

static int read_shift(struct yaml_reader *reader, const yaml_node_t *node, const char *what,
                      int32_t unit, int32_t *shift)
{
    int64_t count = 0;
    int r =
        node ? read_count(reader, node, what, -SHIFT_MAX / unit, SHIFT_MAX / unit, &count) : TQ_OK;

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
        r = rule_read_number(reader, nodes[TERM_PLUS], "plus", HUNDREDTHS, &term->plus);
    if (r == TQ_OK)
        r = read_shift(reader, nodes[TERM_PLUS_DAYS], "plus_days", 1, &term->plus_days);
    if (r == TQ_OK)
        r = read_shift(reader, nodes[TERM_PLUS_MONTHS], "plus_months", 1, &term->plus_months);
    if (r == TQ_OK)
        r = read_shift(reader, nodes[TERM_PLUS_YEARS], "plus_years", 12, &term->plus_months);
    if (r == TQ_OK && nodes[TERM_MISSING]) {
        term->has_missing = true;
        r = rule_read_number(reader, nodes[TERM_MISSING], "missing", HUNDREDTHS, &term->missing);
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

    *term = (struct rule_term){.times = MILLION};
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

static int read_operand(struct yaml_reader *reader, struct open_rule *open, const yaml_node_t *node,
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

/* ---- conditions ---- */

static int read_one_word(struct yaml_reader *reader, const yaml_node_t *node,
                         struct rule_condition *condition)
{
    condition->words = arena_alloc(reader->arena, 1, sizeof(*condition->words));
    if (!condition->words)
        return tq_no_memory(reader->err);
    condition->word_count = 1;
    return yaml_read_text(reader, node, "the name of a scheme", &condition->words[0]);
}

static int read_words(struct yaml_reader *reader, const yaml_node_t *node,
                      struct rule_condition *condition)
{
    size_t count = node->type == YAML_SEQUENCE_NODE
                       ? (size_t)(node->data.sequence.items.top - node->data.sequence.items.start)
                       : 0;

    if (count == 0 || count > WORDS_MAX)
        return yaml_complain(reader, node, "a list of codes is wanted here, as [CS, MS]");
    condition->words = arena_alloc(reader->arena, count, sizeof(*condition->words));
    if (!condition->words)
        return tq_no_memory(reader->err);
    for (size_t i = 0; i < count; i++) {
        int r = yaml_read_code(
            reader, yaml_document_get_node(reader->document, node->data.sequence.items.start[i]),
            &condition->words[i]);

        if (r < 0)
            return r;
        condition->word_count++;
    }
    return TQ_OK;
}

static int read_check(struct yaml_reader *reader, const yaml_node_t *node,
                      struct rule_condition *condition)
{
    int r = read_one_word(reader, node, condition);

    if (r == TQ_OK && strcmp(condition->words[0], "declared") != 0
        && !scheme_find(slice_of(condition->words[0])))
        return yaml_complain(reader, node,
                             "check must be 'declared' or a scheme that 'tahqiq register checks' "
                             "lists");
    return r;
}

/* What stands behind one relation. */
static int read_relation(struct yaml_reader *reader, struct open_rule *open, yaml_node_t *node,
                         enum rule_word word, struct rule_condition *condition)
{
    int64_t most = 0;
    int r;

    switch (word) {
    case WORD_IN:
    case WORD_NOT_IN:
        return read_words(reader, node, condition);
    case WORD_CHECK:
        return read_check(reader, node, condition);
    case WORD_UNIQUE:
        return read_true(reader, node, "unique");
    case WORD_AT_ONCE:
        r = read_count(reader, node, "at_once", 1, AT_ONCE_MAX, &most);
        condition->most = (uint32_t)most;
        return r;
    case WORD_NOT_YET:
        return rule_read_table_name(reader, node, open->set, &condition->table);
    default:
        return read_operand(reader, open, node, &condition->right);
    }
}

/* The conditions of one mapping have one left side. */
struct open_conditions {
    struct rule_operand left;
    struct rule_condition *conditions;
    uint16_t count;
};

static int add_condition(struct yaml_reader *reader, struct open_rule *open, yaml_node_t *node,
                         enum rule_word word, struct open_conditions *list)
{
    static const enum rule_relation relations[CONDITION_WORDS] = {
        [WORD_AT_LEAST] = RULE_AT_LEAST, [WORD_AT_MOST] = RULE_AT_MOST, [WORD_ABOVE] = RULE_ABOVE,
        [WORD_BELOW] = RULE_BELOW,       [WORD_EQUALS] = RULE_EQUALS,   [WORD_IN] = RULE_IN,
        [WORD_NOT_IN] = RULE_NOT_IN,     [WORD_CHECK] = RULE_CHECK,     [WORD_UNIQUE] = RULE_UNIQUE,
        [WORD_AT_ONCE] = RULE_AT_ONCE,   [WORD_NOT_YET] = RULE_NOT_YET};
    struct rule_condition *condition = &list->conditions[list->count++];

    condition->left = list->left;
    condition->relation = relations[word];
    return read_relation(reader, open, node, word, condition);
}

static int add_between(struct yaml_reader *reader, struct open_rule *open, const yaml_node_t *node,
                       struct open_conditions *list)
{
    const yaml_node_item_t *items = node->data.sequence.items.start;
    int r;

    if (node->type != YAML_SEQUENCE_NODE || node->data.sequence.items.top - items != 2)
        return yaml_complain(reader, node, "between must be a list of two, as [0, 26]");
    r = add_condition(reader, open, yaml_document_get_node(reader->document, items[0]),
                      WORD_AT_LEAST, list);
    return r < 0 ? r
                 : add_condition(reader, open, yaml_document_get_node(reader->document, items[1]),
                                 WORD_AT_MOST, list);
}

/* Only the fact itself has codes, check digits and other holders. */
static int refuse_left(struct yaml_reader *reader, const yaml_node_t *node,
                       const struct rule_condition *condition)
{
    enum rule_source source = condition->left.terms[0].source;

    if (condition->relation < RULE_IN || condition->left.join != RULE_SINGLE)
        return condition->relation < RULE_IN
                   ? TQ_OK
                   : yaml_complain(reader, node, "this relation is for one field, not for several");
    if (source == RULE_VALUE
        || (source == RULE_FIELD
            && (condition->relation == RULE_IN || condition->relation == RULE_NOT_IN)))
        return TQ_OK;
    return yaml_complain(reader, node, "'test' does not go with this relation");
}

static int read_conditions(struct yaml_reader *reader, struct open_rule *open,
                           const yaml_node_t *node, yaml_node_t *const *nodes,
                           struct open_conditions *list)
{
    int64_t within = 0;
    int r = TQ_OK;

    list->left = (struct rule_operand){.count = 1};
    list->left.terms = arena_alloc(reader->arena, 1, sizeof(*list->left.terms));
    list->conditions = arena_alloc(reader->arena, CONDITION_WORDS, sizeof(*list->conditions));
    if (!list->left.terms || !list->conditions)
        return tq_no_memory(reader->err);
    *list->left.terms = (struct rule_term){.source = RULE_VALUE, .times = MILLION};
    if (nodes[WORD_TEST])
        r = read_operand(reader, open, nodes[WORD_TEST], &list->left);
    if (r == TQ_OK && nodes[WORD_WITHIN])
        r = rule_read_number(reader, nodes[WORD_WITHIN], "within", HUNDREDTHS, &within);
    for (unsigned word = WORD_AT_LEAST; r == TQ_OK && word < CONDITION_WORDS; word++) {
        if (!nodes[word] || word == WORD_WITHIN)
            continue;
        r = word == WORD_BETWEEN
                ? add_between(reader, open, nodes[word], list)
                : add_condition(reader, open, nodes[word], (enum rule_word)word, list);
        if (r == TQ_OK)
            r = refuse_left(reader, nodes[word], &list->conditions[list->count - 1]);
    }
    for (unsigned i = 0; i < list->count; i++)
        list->conditions[i].within = within;
    if (r == TQ_OK && list->count == 0)
        return yaml_complain(reader, node,
                             "a condition is missing, as 'at_most: 26' or 'check: declared'");
    return r;
}

static int read_where(struct yaml_reader *reader, struct open_rule *open, const yaml_node_t *node)
{
    yaml_node_t *nodes[RULE_WORDS] = {NULL};
    struct open_conditions list = {.count = 0};
    int r =
        yaml_read_words(reader, node, "word of a condition", rule_words, CONDITION_WORDS, nodes);

    if (r == TQ_OK)
        r = read_conditions(reader, open, node, nodes, &list);
    open->rule.where = list.conditions;
    open->rule.where_count = list.count;
    return r;
}

/* ---- the rule ---- */

static int read_strength(struct yaml_reader *reader, const yaml_node_t *node, bool *out_must)
{
    static const char *const strengths[] = {"must", "should"};
    int r = yaml_want_scalar(reader, node, "strength");

    if (r < 0)
        return r;
    *out_must = slice_is(yaml_scalar(node), "must");
    if (!*out_must && !slice_is(yaml_scalar(node), "should"))
        return yaml_unknown_word(reader, node, "strength", strengths, 2);
    return TQ_OK;
}

static int read_every(struct yaml_reader *reader, const yaml_node_t *node, struct rule *rule)
{
    enum value_type type;
    int r = yaml_want_scalar(reader, node, "every");

    if (r < 0)
        return r;
    rule->field = RULE_EVERY;
    if (slice_is(yaml_scalar(node), "any")) {
        rule->type = -1;
        return TQ_OK;
    }
    if (!type_parse(yaml_scalar(node), &type))
        return yaml_complain(reader, node,
                             "every must be 'any' or a type of fields, as date or id");
    rule->type = (int)type;
    return TQ_OK;
}

/* Which fields the rule is about. */
static int read_scope(struct yaml_reader *reader, struct open_rule *open, yaml_node_t *const *nodes)
{
    struct rule *rule = &open->rule;
    int r = TQ_OK;

    if (!nodes[WORD_FIELD] == !nodes[WORD_EVERY])
        return yaml_complain(reader, open->node,
                             "a rule needs either 'field: name' or 'every: type'");
    if (nodes[WORD_SUBJECT])
        r = yaml_read_word(reader, nodes[WORD_SUBJECT], "subject", &rule->kind);
    if (r == TQ_OK && nodes[WORD_EVERY])
        return read_every(reader, nodes[WORD_EVERY], rule);
    if (r == TQ_OK && !rule->kind)
        return yaml_complain(reader, open->node, "a rule with a field needs 'subject', as person");
    if (r == TQ_OK)
        r = read_field_name(reader, nodes[WORD_FIELD], &open->field);
    return r < 0 ? r : intern_name(reader, open, open->field, &rule->field);
}

/* What the rule demands, in the words of each language that its author speaks. */
static int read_texts(struct yaml_reader *reader, yaml_node_t *const *nodes, const char **out_about)
{
    int r = TQ_OK;

    for (unsigned i = 0; i < LANGUAGE_COUNT && r == TQ_OK; i++) {
        out_about[i] = "";
        if (nodes[i])
            r = yaml_read_text(reader, nodes[i], rule_words[WORD_ABOUT + i], &out_about[i]);
    }
    return r;
}

int rule_read(struct yaml_reader *reader, yaml_node_t *node, struct rule_set *set,
              struct rule *out_rule)
{
    yaml_node_t *nodes[RULE_WORDS] = {NULL};
    struct open_rule open = {.set = set, .node = node, .rule = {.must = true}};
    struct open_conditions list = {.count = 0};
    int r = yaml_read_words(reader, node, "word of a rule", rule_words, RULE_WORDS, nodes);

    if (r < 0)
        return r;
    if (!nodes[WORD_RULE])
        return yaml_complain(reader, node, "a rule begins with its name: '- rule: name'");
    r = yaml_read_word(reader, nodes[WORD_RULE], "the name of a rule", &open.rule.name);
    if (r == TQ_OK)
        r = read_texts(reader, nodes + WORD_ABOUT, open.rule.about);
    if (r == TQ_OK && nodes[WORD_STRENGTH])
        r = read_strength(reader, nodes[WORD_STRENGTH], &open.rule.must);
    if (r == TQ_OK)
        r = read_scope(reader, &open, nodes);
    if (r == TQ_OK && nodes[WORD_WHERE])
        r = read_where(reader, &open, nodes[WORD_WHERE]);
    if (r == TQ_OK)
        r = read_conditions(reader, &open, node, nodes, &list);
    if (r < 0)
        return r;
    open.rule.conditions = list.conditions;
    open.rule.condition_count = list.count;
    *out_rule = open.rule;
    return TQ_OK;
}
