/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_PART_H
#define EXTRACT_PART_H

#include "extract/package.h"
#include "extract/xml.h"

/*
 * A part of a package that is XML, told to `visitor` from its start to its end, or to its first
 * fault, which is noted. What went before a fault counts.
 */
int part_read_xml(struct package *package, size_t part, const struct xml_visitor *visitor,
                  struct tq_error *err) MUST_CHECK;

/* Whether there is any text in an XML part; attributes alone do not count. */
int part_has_text(struct package *package, size_t part, bool *out_has,
                  struct tq_error *err) MUST_CHECK;

/* A relationship of a part of an Office Open XML package. All borrowed from `arena`. */
struct relation {
    struct slice id;
    struct slice kind;   /* last part of its type: "worksheet", "sharedStrings", ... */
    struct slice target; /* name of the part it leads to, from the root */
};

struct relations {
    struct arena arena;
    struct relation *items;
    size_t count, capacity;
};

/* Those of the part called `source` ("": of the package). None, if it has none. */
int relations_read(struct package *package, struct slice source, struct relations *out,
                   struct tq_error *err) MUST_CHECK;
void relations_clear(struct relations *relations);

/* The first of a kind, the one of an id; NULL. */
const struct relation *relations_of_kind(const struct relations *relations, const char *kind);
const struct relation *relations_of_id(const struct relations *relations, struct slice id);

/* The facts that documents tell of themselves: who made them, with what, and when. */
int part_read_facts(struct package *package, size_t part, struct tq_error *err) MUST_CHECK;

#endif
