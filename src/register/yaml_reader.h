/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REGISTER_YAML_READER_H
#define REGISTER_YAML_READER_H

#include <yaml.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"

/*
 * Reading a YAML document of our own so that every mistake in it is refused with its place and with
 * what would be right. All functions fill reader->err when they fail.
 */
struct description; /* what is being read, for the functions that read keys */

struct yaml_reader {
    const char *path;    /* of the file */
    const char *file;    /* its last part, for complaints */
    struct arena *arena; /* for the texts that are kept */
    yaml_document_t *document;
    struct tq_error *err;
    struct description *description;
};

/* A key of a mapping, and what to do with its value. */
struct yaml_key {
    const char *name;
    int (*read)(struct yaml_reader *reader, yaml_node_t *value, void *target);
};

/* TQ_E_SYNTAX: "file:line:column: ..." */
int yaml_complain(struct yaml_reader *reader, const yaml_node_t *node, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* "unknown type 'dat'; did you mean 'date'? known are id, ..." */
int yaml_unknown_word(struct yaml_reader *reader, const yaml_node_t *node, const char *what,
                      const char *const *known, size_t count) MUST_CHECK;

/* The text of a scalar node. */
struct slice yaml_scalar(const yaml_node_t *node);

/* The same for a complaint: escaped, not too long; borrowed from `out`. */
const char *yaml_shown(const yaml_node_t *node, struct buf *out);

/* Whether the scalar is YAML's null. */
bool yaml_is_null(const yaml_node_t *node);

/* Refuse what is not a scalar, is empty, or has a zero byte. `what` names it. */
int yaml_want_scalar(struct yaml_reader *reader, const yaml_node_t *node,
                     const char *what) MUST_CHECK;

/* Read a whole text as one YAML document and hand its root to `read`; reader->document is set for
 * that time. What is not YAML, is empty (`what` names the text) or has a second document is
 * refused. */
int yaml_read_document(struct yaml_reader *reader, struct slice text, const char *what,
                       int (*read)(struct yaml_reader *reader, yaml_node_t *root, void *target),
                       void *target) MUST_CHECK;

/* A copy in the arena; NULL when memory runs out. */
const char *yaml_keep(struct yaml_reader *reader, struct slice text);

int yaml_read_text(struct yaml_reader *reader, const yaml_node_t *node, const char *what,
                   const char **out_text) MUST_CHECK;

/* A name that goes into exports: one word, without '>' and '@', which have a meaning there. */
int yaml_read_word(struct yaml_reader *reader, const yaml_node_t *node, const char *what,
                   const char **out_word) MUST_CHECK;

/* Refuse a key that stands before `pair` in the mapping already. */
int yaml_refuse_repeated_key(struct yaml_reader *reader, const yaml_node_t *mapping,
                             const yaml_node_pair_t *pair) MUST_CHECK;

/* Each key of a mapping by its rule; what is not listed, or comes twice, is refused. `what` names a
 * key: "key of a table". */
int yaml_read_mapping(struct yaml_reader *reader, const yaml_node_t *node, const char *what,
                      const struct yaml_key *keys, size_t count, void *target) MUST_CHECK;

#endif
