/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* One rule of a file of rules: its conditions, and the rest of it. */
#include "rules/rule_reader.h"

#include "base/alloc.h"
#include "normalise/scheme.h"
#include "rules/yaml_words.h"

#define WORDS_MAX   256u
#define AT_ONCE_MAX 1000000

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
        return rule_read_true(reader, node, "unique");
    case WORD_AT_ONCE:
        r = rule_read_count(reader, node, "at_once", 1, AT_ONCE_MAX, &most);
        condition->most = (uint32_t)most;
        return r;
    case WORD_NOT_YET:
        return rule_read_table_name(reader, node, open->set, &condition->table);
    default:
        return rule_read_operand(reader, open, node, &condition->right);
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
    *list->left.terms = (struct rule_term){.source = RULE_VALUE, .times = RULE_MILLION};
    if (nodes[WORD_TEST])
        r = rule_read_operand(reader, open, nodes[WORD_TEST], &list->left);
    if (r == TQ_OK && nodes[WORD_WITHIN])
        r = rule_read_number(reader, nodes[WORD_WITHIN], "within", RULE_HUNDREDTHS, &within);
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
        r = rule_read_field_name(reader, nodes[WORD_FIELD], &open->field);
    return r < 0 ? r : rule_intern_name(reader, open, open->field, &rule->field);
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
