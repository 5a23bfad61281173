/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/mail_member.h"

#include <inttypes.h>
#include <string.h>

#include "base/limits.h"

#define NAME_BYTES_MAX 200u /* a name longer than a file's can be is hostile */

void mail_members_init(struct mail_members *members, const struct sink *sink,
                       const struct extract_limits *limits)
{
    *members = (struct mail_members){.sink = sink, .limits = limits};
}

void mail_members_clear(struct mail_members *members)
{
    buf_clear(&members->name);
    buf_clear(&members->folder);
}

/* A name of one part: an attachment has no folder, whatever it says. */
static void add_name(struct buf *out, struct slice name)
{
    name = slice_trim(name);
    if (name.length > NAME_BYTES_MAX) {
        name.length = NAME_BYTES_MAX;
        while (name.length > 0 && ((unsigned char)name.data[name.length] & 0xC0) == 0x80)
            name.length--;
    }
    for (size_t i = 0; i < name.length; i++) {
        char c = name.data[i];

        buf_add_byte(out, c == '/' || c == '\\' || (unsigned char)c < ' ' ? '_' : c);
    }
}

static bool is_dots(struct slice name)
{
    return slice_is(name, ".") || slice_is(name, "..");
}

void mail_members_enter(struct mail_members *members, struct slice name)
{
    size_t before = members->folder.length;

    add_name(&members->folder, name);
    if (members->folder.length == before
        || is_dots(slice_skip(buf_slice(&members->folder), before)))
        buf_add_byte(&members->folder, '_');
    buf_add_byte(&members->folder, '/');
}

void mail_members_leave(struct mail_members *members, size_t length)
{
    if (members->folder.length > length)
        members->folder.length = length;
}

static bool is_over(const struct mail_members *members)
{
    uint64_t cost = members->total_bytes + (members->count + 1) * CONTAINER_MEMBER_COST;

    return members->member_bytes > members->limits->member_bytes_max
           || cost > members->limits->total_bytes_max
           || members->count >= members->limits->members_max;
}

static int stop(struct mail_members *members, struct tq_error *err)
{
    members->stopped = true;
    return emit_note(members->sink, 0, err,
                     "its members are more, or larger, than they may be: not read further after "
                     "%" PRIu64 " of them",
                     members->count);
}

static int make_name(struct mail_members *members, struct slice name, const char *ending,
                     struct tq_error *err)
{
    size_t start;

    buf_empty(&members->name);
    buf_add_slice(&members->name, buf_slice(&members->folder));
    start = members->name.length;
    add_name(&members->name, name);
    name = slice_skip(buf_slice(&members->name), start);
    if (name.length == 0 || is_dots(name)) {
        members->name.length = start;
        buf_format(&members->name, "part-%" PRIu64, members->count + 1);
        name = (struct slice){0};
    }
    if (ending && !(name.length > 0 && memchr(name.data, '.', name.length)))
        buf_format(&members->name, ".%s", ending);
    if (members->folder.failed && !members->name.failed)
        members->name.failed = members->folder.failed;
    return buf_check(&members->name, err);
}

int mail_members_begin(struct mail_members *members, struct slice name, const char *ending,
                       struct tq_error *err)
{
    int r;

    members->member_bytes = 0;
    if (members->stopped)
        return TQ_OK;
    if (is_over(members))
        return stop(members, err);
    r = make_name(members, name, ending, err);
    if (r < 0)
        return r;
    members->count++;
    members->is_open = true;
    return members->sink->member(members->sink->state, buf_slice(&members->name), err);
}

int mail_members_bytes(struct mail_members *members, struct slice bytes, struct tq_error *err)
{
    if (members->stopped || !members->is_open || bytes.length == 0)
        return TQ_OK;
    members->member_bytes += bytes.length;
    members->total_bytes += bytes.length;
    if (is_over(members))
        return stop(members, err);
    return members->sink->member_bytes(members->sink->state, bytes, err);
}

int mail_members_end(struct mail_members *members, bool damaged, struct tq_error *err)
{
    if (!members->is_open)
        return TQ_OK;
    members->is_open = false;
    return members->sink->member_end(members->sink->state, damaged || members->stopped, err);
}
