/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef RULES_RULE_READER_H
#define RULES_RULE_READER_H

#include "register/yaml_reader.h"
#include "rules/rules.h"

/* Reading one rule of a file; between rule_set.c and rule_reader.c. */

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

#endif
