/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_EMBEDDED_H
#define EXTRACT_EMBEDDED_H

#include "extract/compound.h"
#include "extract/mail_member.h"

/*
 * What is embedded in old office files ([MS-OLEDS]): documents, files ("packages"), and what other
 * programs keep. Each becomes a member: a file as it was, anything else as a compound file of its
 * own. Formulas, links and pictures of an object alone are counted, and noted.
 */
struct embedded {
    const struct compound *compound; /* borrowed, sound */
    struct mail_members members;
    uint8_t *seen;          /* owned, as `list`: entry_count */
    uint32_t *list;         /* entries of the storage that is looked at */
    size_t count, children; /* in `list`; the first ones lie in the storage itself */
    uint64_t bytes_left;    /* no more is given than the file has */
    uint64_t formulas, empty;
};

int embedded_open(struct embedded *embedded, const struct compound *compound,
                  const struct sink *sink, const struct extract_limits *limits,
                  struct tq_error *err) MUST_CHECK;
void embedded_clear(struct embedded *embedded);

/* All storages whose names begin with `start`, of the storage `parent` (by its number). */
int embedded_give_all(struct embedded *embedded, uint32_t parent, const char *start,
                      struct tq_error *err) MUST_CHECK;

/* The file within the root itself; *out_given is false if there is none. */
int embedded_give_root(struct embedded *embedded, bool *out_given, struct tq_error *err) MUST_CHECK;

/* What is left out. */
int embedded_finish(struct embedded *embedded, struct tq_error *err) MUST_CHECK;

/* All objects of a compound file, in one go: in a storage of that name, or (NULL) in its root. */
int embedded_read(const struct compound *compound, const char *storage, const char *start,
                  const struct sink *sink, const struct extract_limits *limits,
                  struct tq_error *err) MUST_CHECK;

/* Whether the root of a compound file is such an object, of a kind that holds a file. */
int embedded_is_root(const struct compound *compound, bool *out_is,
                     struct tq_error *err) MUST_CHECK;

/* A package as `bytes`, without its length before, or anything else, as a member. */
int embedded_give_native(struct mail_members *members, struct slice bytes, struct slice name,
                         struct tq_error *err) MUST_CHECK;

/* An object as OLE 1 writes it, as in RTF; *out_given is false if it holds nothing. */
int embedded_give_old(struct mail_members *members, struct slice bytes, bool *out_given,
                      struct tq_error *err) MUST_CHECK;

#endif
