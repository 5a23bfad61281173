/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Numbers, dates and names of a rule. */
#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/limits.h"
#include "base/moment.h"
#include "rules/rule_reader.h"

#define NUMBER_DIGITS 11 /* before the point: millionths fit 64 bits, and sums of hundredths */

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

int rule_read_count(struct yaml_reader *reader, const yaml_node_t *node, const char *what,
                    int64_t low, int64_t high, int64_t *out_count)
{
    int r = rule_read_number(reader, node, what, 0, out_count);

    if (r == TQ_OK && (*out_count < low || *out_count > high))
        return yaml_complain(reader, node, "%s must be from %lld to %lld", what, (long long)low,
                             (long long)high);
    return r;
}

int rule_read_true(struct yaml_reader *reader, const yaml_node_t *node, const char *what)
{
    int r = yaml_want_scalar(reader, node, what);

    if (r == TQ_OK && !slice_is(yaml_scalar(node), "true"))
        return yaml_complain(reader, node, "%s can only be true; else leave it out", what);
    return r;
}

int rule_intern_name(struct yaml_reader *reader, struct open_rule *open, const char *field,
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

int rule_read_field_name(struct yaml_reader *reader, const yaml_node_t *node, const char **out)
{
    int r = yaml_read_text(reader, node, "the name of a field", out);
    const char *arrow = r == TQ_OK ? strchr(*out, '>') : NULL;

    if (r == TQ_OK && arrow && (arrow == *out || !arrow[1] || strchr(arrow + 1, '>')))
        return yaml_complain(reader, node,
                             "a field of what a reference points to is written reference>field");
    return r;
}

int rule_read_field(struct yaml_reader *reader, struct open_rule *open, const yaml_node_t *node,
                    uint16_t *out_name)
{
    const char *field;
    int r = rule_read_field_name(reader, node, &field);

    if (r < 0)
        return r;
    if (!open->field)
        return yaml_complain(reader, node, "a rule for every field cannot name another one");
    return rule_intern_name(reader, open, field, out_name);
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
