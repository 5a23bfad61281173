/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_MAIL_MEMBER_H
#define EXTRACT_MAIL_MEMBER_H

#include "base/buf.h"
#include "extract/emit.h"
#include "extract/extract.h"

/*
 * Attachments and messages on their way to the sink as members, under the limits of a container.
 * Start with mail_members_init(); a member that a limit stops is marked as damaged.
 */
struct mail_members {
    const struct sink *sink;
    const struct extract_limits *limits;
    struct buf name;
    struct buf folder; /* before each name; ends in "/", or is empty */
    uint64_t count, total_bytes, member_bytes;
    bool is_open, stopped;
};

void mail_members_init(struct mail_members *members, const struct sink *sink,
                       const struct extract_limits *limits);
void mail_members_clear(struct mail_members *members);

/* Add a name to the folder of the members that follow; it is made one part of a path. */
void mail_members_enter(struct mail_members *members, struct slice name);

/* Go back to where the folder had this length. */
void mail_members_leave(struct mail_members *members, size_t length);

/* Begin a member called `name` (none: "part-N"), with `ending` if the name has none. */
int mail_members_begin(struct mail_members *members, struct slice name, const char *ending,
                       struct tq_error *err) MUST_CHECK;
int mail_members_bytes(struct mail_members *members, struct slice bytes,
                       struct tq_error *err) MUST_CHECK;
int mail_members_end(struct mail_members *members, bool damaged, struct tq_error *err) MUST_CHECK;

#endif
