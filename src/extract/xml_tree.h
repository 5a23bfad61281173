/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_XML_TREE_H
#define EXTRACT_XML_TREE_H

#include "base/arena.h"
#include "extract/xml.h"

/*
 * What kinds of elements a text of XML has, and where: one node for all elements of one name in the
 * same kind of element. From that it is told which elements are records: those of which several
 * stand in one parent, the outermost first.
 */
enum xml_node_kind {
    NODE_ELEMENT,
    NODE_ATTRIBUTE,
    NODE_NAMED /* elements without elements in them that are told apart by what their "name" says */
};

struct xml_node {
    uint32_t parent; /* number of a node; 0: the node that stands for the text as a whole */
    uint8_t kind;    /* enum xml_node_kind */
    struct slice name;
    uint64_t count;  /* how many there are */
    uint64_t texts;  /* of those, with words of their own */
    uint64_t mixed;  /* of those, with words beside elements */
    bool has_inside; /* elements or attributes */
    uint32_t table;  /* the table it belongs to, from 1; 0: none */
    bool is_record;  /* of that table */
    uint32_t column; /* of that table; COLUMN_NONE: it never has a value */
};

#define COLUMN_NONE    UINT32_MAX
#define XML_NODES_MAX  65536u
#define XML_TABLES_MAX 32u  /* what others hold is text */
#define XML_WIDE       512u /* a table of more columns keeps those ... */
#define XML_RARE_SHARE 256u /* ... that one in so many records has */

/* A table: its columns' names, and the last one for what has none of its own. */
struct xml_table {
    uint32_t record; /* the node of its records */
    struct slice name;
    struct slice *columns; /* column_count, in the arena */
    uint32_t column_count;
    bool has_others; /* the last one is for values that are rare */
};

struct xml_tree {
    struct arena arena;
    struct xml_node *nodes; /* count; number 0 stands for the text as a whole */
    size_t count, capacity;
    uint32_t *slots; /* by hash of parent, kind and name: number + 1 */
    bool is_prose;   /* words between elements: text, and no records */
    bool full;       /* further kinds were not told apart */
    struct xml_table tables[XML_TABLES_MAX];
    uint32_t table_count;
};

int xml_tree_init(struct xml_tree *tree, struct tq_error *err) MUST_CHECK;
void xml_tree_clear(struct xml_tree *tree);

/* The node of that kind and name in `parent`; if `make`, made if need be. 0: there is none. */
int xml_tree_find(struct xml_tree *tree, uint32_t parent, enum xml_node_kind kind,
                  struct slice name, bool make, uint32_t *out_node,
                  struct tq_error *err) MUST_CHECK;

/* All was counted: decide which elements are records, and number their columns. */
int xml_tree_settle(struct xml_tree *tree, struct tq_error *err) MUST_CHECK;

/* Whether there are words that are in no table. */
bool xml_tree_has_text(const struct xml_tree *tree);

#endif
