/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef RULES_YAML_WORDS_H
#define RULES_YAML_WORDS_H

#include "register/yaml_reader.h"

/*
 * Store the value of each word of a mapping at the word's number in out_nodes, NULL where it is not
 * given. What is none of `words`, or comes twice, is refused; `what` names a key.
 */
int yaml_read_words(struct yaml_reader *reader, const yaml_node_t *node, const char *what,
                    const char *const *words, size_t count, yaml_node_t **out_nodes) MUST_CHECK;

/* A code, folded as the register folds values of the type `code`. */
int yaml_read_code(struct yaml_reader *reader, const yaml_node_t *node,
                   const char **out_code) MUST_CHECK;

#endif
