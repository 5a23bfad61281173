/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef RULES_RULE_READER_H
#define RULES_RULE_READER_H

#include "register/yaml_reader.h"
#include "rules/rules.h"

/* Reading one rule of a file: shared by rule_set.c, rule_reader.c, rule_operand.c and
 * rule_value.c. */

#define RULE_HUNDREDTHS 2u /* digits after the point, of most numbers */
#define RULE_MILLION    1000000

/* A rule while it is read: `field` and `subject` are needed before the terms. */
struct open_rule {
    struct rule_set *set;
    struct rule rule;
    yaml_node_t *where;
    const char *field; /* as written; NULL: `every` is given */
    yaml_node_t *node;
};

int rule_read(struct yaml_reader *reader, yaml_node_t *node, struct rule_set *set,
              struct rule *out_rule) MUST_CHECK;

/* "-12", "6000.00": in units of 10^-digits. */
int rule_read_number(struct yaml_reader *reader, const yaml_node_t *node, const char *what,
                     unsigned digits, int64_t *out_number) MUST_CHECK;

/* Number of a table by its name; complains if there is none. */
int rule_read_table_name(struct yaml_reader *reader, const yaml_node_t *node,
                         const struct rule_set *set, uint16_t *out_table) MUST_CHECK;

/* A whole number in [low, high]. */
int rule_read_count(struct yaml_reader *reader, const yaml_node_t *node, const char *what,
                    int64_t low, int64_t high, int64_t *out_count) MUST_CHECK;

int rule_read_true(struct yaml_reader *reader, const yaml_node_t *node,
                   const char *what) MUST_CHECK;

/* "salary" or "declared_by>employer_status". */
int rule_read_field_name(struct yaml_reader *reader, const yaml_node_t *node,
                         const char **out) MUST_CHECK;

/* Number of a field of the rule's kind in the set, added if it is new; the second reads its name
 * first. */
int rule_intern_name(struct yaml_reader *reader, struct open_rule *open, const char *field,
                     uint16_t *out_name) MUST_CHECK;
int rule_read_field(struct yaml_reader *reader, struct open_rule *open, const yaml_node_t *node,
                    uint16_t *out_name) MUST_CHECK;

/* A term, or {least: [...]}, {greatest: [...]}, {total: [...]}. */
int rule_read_operand(struct yaml_reader *reader, struct open_rule *open, const yaml_node_t *node,
                      struct rule_operand *operand) MUST_CHECK;

#endif
