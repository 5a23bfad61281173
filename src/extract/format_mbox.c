/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A mailbox (RFC 4155): each message is a member, and a mail by itself. */
#include <inttypes.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "extract/format.h"
#include "extract/mail_header.h"
#include "extract/mail_member.h"

#define READ_BYTES ((size_t)256 << 10)
#define LINE_BYTES ((size_t)1024) /* of a line that may separate messages */

struct mbox {
    struct mail_members members;
    struct buf view; /* bytes that are read and not passed on */
    bool starts_line, after_blank;
    struct buf name;
};

static void mbox_clear(struct mbox *mbox)
{
    mail_members_clear(&mbox->members);
    buf_clear(&mbox->view);
    buf_clear(&mbox->name);
}

/* "From someone Thu Jan  1 00:00:00 1970": two numbers around a colon, and no name of a field. */
static bool is_separator(struct slice line)
{
    if (!slice_starts(line, SLICE_LITERAL("From ")))
        return false;
    for (size_t i = 6; i + 2 < line.length; i++) {
        if (line.data[i] == ':' && line.data[i - 1] >= '0' && line.data[i - 1] <= '9'
            && line.data[i + 1] >= '0' && line.data[i + 1] <= '9')
            return true;
    }
    return false;
}

static int begin_message(struct mbox *mbox, struct tq_error *err)
{
    int r = mail_members_end(&mbox->members, false, err);

    if (r < 0)
        return r;
    buf_empty(&mbox->name);
    buf_format(&mbox->name, "message-%06" PRIu64 ".eml", mbox->members.count + 1);
    r = buf_check(&mbox->name, err);
    return r < 0 ? r : mail_members_begin(&mbox->members, buf_slice(&mbox->name), NULL, err);
}

/* Pass on what is in view, but for a line's beginning that may become a separator. */
static int take_view(struct mbox *mbox, bool final, struct tq_error *err)
{
    struct slice view = buf_slice(&mbox->view);
    size_t passed = 0, at = 0;
    int r = TQ_OK;

    while (at < view.length) {
        const char *mark = memchr(view.data + at, '\n', view.length - at);
        size_t end = mark ? (size_t)(mark - view.data) + 1 : view.length;
        struct slice line = slice_make(view.data + at, end - at);

        if (!mark && !final && line.length < LINE_BYTES)
            break;
        if (mbox->starts_line && mbox->after_blank && is_separator(line)) {
            r = mail_members_bytes(&mbox->members, slice_make(view.data + passed, at - passed),
                                   err);
            if (r == TQ_OK)
                r = begin_message(mbox, err);
            if (r < 0)
                return r;
            passed = end;
        }
        mbox->after_blank = mbox->starts_line && slice_trim(line).length == 0;
        mbox->starts_line = mark != NULL;
        at = end;
    }
    r = mail_members_bytes(&mbox->members, slice_make(view.data + passed, at - passed), err);
    memmove(mbox->view.data, mbox->view.data + at, view.length - at);
    mbox->view.length = view.length - at;
    return r;
}

static int read_messages(struct mbox *mbox, const struct extract_input *input, struct tq_error *err)
{
    uint64_t offset = 0;

    for (;;) {
        char *room = buf_extend(&mbox->view, READ_BYTES);
        size_t got;
        int r;

        if (!room)
            return buf_check(&mbox->view, err);
        r = file_read_at(input->fd, offset, room, READ_BYTES, &got, err);
        if (r < 0)
            return r;
        mbox->view.length -= READ_BYTES - got;
        offset += got;
        if (mbox->view.length > 0)
            r = take_view(mbox, got < READ_BYTES, err);
        if (r < 0 || got < READ_BYTES || mbox->members.stopped)
            return r;
    }
}

static int mbox_read(const struct extract_input *input, const struct extract_limits *limits,
                     const struct sink *sink, struct tq_error *err)
{
    CLEANUP(mbox_clear) struct mbox mbox = {.starts_line = true, .after_blank = true};
    int r = emit_type(sink, "mbox", err);

    if (r < 0)
        return r;
    mail_members_init(&mbox.members, sink, limits);
    r = read_messages(&mbox, input, err);
    if (r == TQ_OK)
        r = mail_members_end(&mbox.members, false, err);
    if (r == TQ_OK && mbox.members.count == 0)
        r = emit_note(sink, 0, err, "no messages were found");
    return r;
}

static enum claim mbox_claim(struct slice head, const struct extract_input *input)
{
    const char *mark = head.length > 0 ? memchr(head.data, '\n', head.length) : NULL;
    size_t length = mark ? (size_t)(mark - head.data) : 0;

    (void)input;
    if (!mark || length > LINE_BYTES || !is_separator(slice_make(head.data, length + 1)))
        return CLAIM_NONE;
    return mail_header_is_likely(slice_skip(head, length + 1)) ? CLAIM_CERTAIN : CLAIM_NONE;
}

const struct format format_mbox = {"mbox", mbox_claim, mbox_read};
