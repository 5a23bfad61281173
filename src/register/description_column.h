/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REGISTER_DESCRIPTION_COLUMN_H
#define REGISTER_DESCRIPTION_COLUMN_H

#include "register/description.h"
#include "register/yaml_reader.h"

/* The parts of a description that description*.c share. */

/* Read the `columns` of a table whose kind and period are known, and the fields they feed. */
int description_read_columns(struct yaml_reader *reader, const yaml_node_t *node,
                             struct described_table *table) MUST_CHECK;

/* A kind of subjects that is listed under `subjects`. */
int description_read_kind(struct yaml_reader *reader, const yaml_node_t *node, const char *what,
                          uint8_t *out_kind) MUST_CHECK;

/* Refuse what is not a country code of two letters. */
int description_want_country(struct yaml_reader *reader, const yaml_node_t *node) MUST_CHECK;

/* The path of a plain file that is there; relative ones start at the description's folder. */
int description_read_path(struct yaml_reader *reader, const yaml_node_t *node,
                          const char **out_path) MUST_CHECK;

/* The `snapshots` of a table: a list of {date, file}. */
int description_read_snapshots(struct yaml_reader *reader, const yaml_node_t *node,
                               struct described_table *table) MUST_CHECK;

#endif
