/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Messages: their table, and the reader's end that makes them. The checking end is wire_check.c. */
#include "sandbox/wire.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/limits.h"

#define GATHER_BYTES  ((size_t)256 << 10) /* written at once: a system call is dear here */
#define PAYLOAD_SMALL (64u << 10)
#define FRAMES_MAX    ((uint64_t)1 << 32) /* of one job: no exhibit yields more */

/* Bits of the states in which a message is allowed. */
enum {
    BEFORE_TYPE = 1,
    IN_TABLE = 2,
    IN_MEMBER = 4,
    OUTSIDE = 8, /* after the type, not within a member */
};

static const struct {
    uint32_t length_min, length_max;
    unsigned states;
} messages[WIRE_TYPE_COUNT] = {
    [WIRE_TYPE] = {1, 64, BEFORE_TYPE},
    [WIRE_TABLE] = {8, 64u << 20, OUTSIDE},
    [WIRE_ROWS] = {24, 1u << 30, IN_TABLE},
    [WIRE_PAGE] = {32, 256u << 20, OUTSIDE},
    [WIRE_MEMBER] = {1, PAYLOAD_SMALL, OUTSIDE},
    [WIRE_MEMBER_BYTES] = {1, 16u << 20, IN_MEMBER},
    [WIRE_MEMBER_END] = {1, 1, IN_MEMBER},
    [WIRE_FACT] = {5, 1u << 20, OUTSIDE | IN_MEMBER},
    [WIRE_NOTE] = {9, PAYLOAD_SMALL, OUTSIDE | IN_MEMBER},
    [WIRE_WORKING] = {0, 0, BEFORE_TYPE | OUTSIDE | IN_MEMBER},
    [WIRE_DONE] = {0, 0, BEFORE_TYPE | OUTSIDE},
    [WIRE_FAILED] = {0, PAYLOAD_SMALL, BEFORE_TYPE | OUTSIDE | IN_MEMBER},
};

static unsigned state_bits(const struct wire_state *state)
{
    if (!state->has_type)
        return BEFORE_TYPE;
    if (state->in_member)
        return IN_MEMBER;
    return OUTSIDE | (state->has_table ? IN_TABLE : 0u);
}

bool wire_allows(const struct wire_state *state, const struct wire_frame *frame)
{
    if (frame->type >= WIRE_TYPE_COUNT || state->frames > FRAMES_MAX)
        return false;
    return frame->length >= messages[frame->type].length_min
           && frame->length <= messages[frame->type].length_max
           && (messages[frame->type].states & state_bits(state)) != 0;
}

/* ---- the reader's end ---- */

int wire_flush(struct wire_writer *writer, struct tq_error *err)
{
    int r = buf_check(&writer->out, err);

    if (r < 0)
        return r;
    r = file_write(writer->fd, writer->out.data, writer->out.length, err);
    buf_empty(&writer->out);
    return r;
}

static void begin_frame(struct wire_writer *writer, enum wire_type type, size_t length)
{
    struct wire_frame frame = {type, (uint32_t)length};

    buf_add(&writer->out, &frame, sizeof(frame));
}

static int end_frame(struct wire_writer *writer, struct tq_error *err)
{
    if (writer->out.length < GATHER_BYTES)
        return buf_check(&writer->out, err);
    return wire_flush(writer, err);
}

int wire_send(struct wire_writer *writer, enum wire_type type, struct slice payload,
              struct tq_error *err)
{
    begin_frame(writer, type, payload.length);
    buf_add_slice(&writer->out, payload);
    return end_frame(writer, err);
}

/* A name or note longer than its message allows is cut: it is for people, and hostile if so long.
 */
static struct slice shorten(struct slice text, size_t length_max)
{
    return text.length > length_max ? slice_make(text.data, length_max) : text;
}

static int send_type(void *state, struct slice type, struct tq_error *err)
{
    return wire_send(state, WIRE_TYPE, type, err);
}

/* u32 columns, u32 length of the name, name, then for each header u32 length and text. */
static int send_table(void *state, struct slice name, uint32_t column_count,
                      const struct slice *headers, struct tq_error *err)
{
    struct wire_writer *writer = state;
    size_t length = 8;

    name = shorten(name, PAYLOAD_SMALL);
    length += name.length;
    for (uint32_t i = 0; i < column_count; i++)
        length += 4 + shorten(headers[i], 4096).length;
    begin_frame(writer, WIRE_TABLE, length);
    buf_add_u32(&writer->out, column_count);
    buf_add_u32(&writer->out, (uint32_t)name.length);
    buf_add_slice(&writer->out, name);
    for (uint32_t i = 0; i < column_count; i++) {
        struct slice header = shorten(headers[i], 4096);

        buf_add_u32(&writer->out, (uint32_t)header.length);
        buf_add_slice(&writer->out, header);
    }
    return end_frame(writer, err);
}

/* u32 rows, columns, text length, 0; u64 first row; then place, cell, record, flags, text. */
static int send_rows(void *state, const struct batch *batch, struct tq_error *err)
{
    struct wire_writer *writer = state;
    size_t cells = (size_t)batch->row_count * batch->column_count;
    uint32_t text_length = batch->cell[cells];
    size_t rows = batch->row_count;

    begin_frame(writer, WIRE_ROWS, 24 + rows * 8 + (cells + 1) * 4 + rows * 4 + rows + text_length);
    buf_add_u32(&writer->out, batch->row_count);
    buf_add_u32(&writer->out, batch->column_count);
    buf_add_u32(&writer->out, text_length);
    buf_add_u32(&writer->out, 0);
    buf_add_u64(&writer->out, batch->first_row);
    buf_add(&writer->out, batch->place, rows * sizeof(*batch->place));
    buf_add(&writer->out, batch->cell, (cells + 1) * sizeof(*batch->cell));
    buf_add(&writer->out, batch->record, rows * sizeof(*batch->record));
    buf_add(&writer->out, batch->flags, rows);
    buf_add(&writer->out, batch->text, text_length);
    return end_frame(writer, err);
}

/* u32 number, words, text length; float width, height; u32 confidence; u64 row; then words and
 * text. */
static int send_page(void *state, const struct page *page, struct tq_error *err)
{
    struct wire_writer *writer = state;
    size_t words = (size_t)page->word_count * sizeof(*page->words);

    begin_frame(writer, WIRE_PAGE, 32 + words + page->text_length);
    buf_add_u32(&writer->out, page->number);
    buf_add_u32(&writer->out, page->word_count);
    buf_add_u32(&writer->out, page->text_length);
    buf_add(&writer->out, &page->width, sizeof(page->width));
    buf_add(&writer->out, &page->height, sizeof(page->height));
    buf_add_u32(&writer->out, page->ocr_confidence);
    buf_add_u64(&writer->out, page->row_first);
    buf_add(&writer->out, page->words, words);
    buf_add(&writer->out, page->text, page->text_length);
    return end_frame(writer, err);
}

static int send_member(void *state, struct slice name, struct tq_error *err)
{
    return wire_send(state, WIRE_MEMBER, shorten(name, PAYLOAD_SMALL), err);
}

static int send_member_bytes(void *state, struct slice bytes, struct tq_error *err)
{
    while (bytes.length > 0) {
        struct slice piece = shorten(bytes, messages[WIRE_MEMBER_BYTES].length_max);
        int r = wire_send(state, WIRE_MEMBER_BYTES, piece, err);

        if (r < 0)
            return r;
        bytes = slice_skip(bytes, piece.length);
    }
    return TQ_OK;
}

static int send_member_end(void *state, bool damaged, struct tq_error *err)
{
    const char flag = (char)damaged;

    return wire_send(state, WIRE_MEMBER_END, slice_make(&flag, 1), err);
}

static int send_fact(void *state, struct slice name, struct slice value, struct tq_error *err)
{
    struct wire_writer *writer = state;

    name = shorten(name, PAYLOAD_SMALL);
    value = shorten(value, PAYLOAD_SMALL);
    if (name.length == 0)
        return TQ_OK;
    begin_frame(writer, WIRE_FACT, 4 + name.length + value.length);
    buf_add_u32(&writer->out, (uint32_t)name.length);
    buf_add_slice(&writer->out, name);
    buf_add_slice(&writer->out, value);
    return end_frame(writer, err);
}

static int send_note(void *state, uint64_t place, struct slice text, struct tq_error *err)
{
    struct wire_writer *writer = state;

    text = shorten(text, 4096);
    if (text.length == 0)
        return TQ_OK;
    begin_frame(writer, WIRE_NOTE, 8 + text.length);
    buf_add_u64(&writer->out, place);
    buf_add_slice(&writer->out, text);
    return end_frame(writer, err);
}

static int send_working(void *state, struct tq_error *err)
{
    struct wire_writer *writer = state;
    int r = wire_send(writer, WIRE_WORKING, (struct slice){0}, err);

    return r < 0 ? r : wire_flush(writer, err);
}

void wire_writer_sink(struct wire_writer *writer, struct sink *out_sink)
{
    *out_sink = (struct sink){.state = writer,
                              .type = send_type,
                              .table = send_table,
                              .rows = send_rows,
                              .page = send_page,
                              .member = send_member,
                              .member_bytes = send_member_bytes,
                              .member_end = send_member_end,
                              .fact = send_fact,
                              .note = send_note,
                              .working = send_working};
}

/* ---- jobs ---- */

int wire_send_ready(int socket, char byte, struct tq_error *err)
{
    return file_write(socket, &byte, 1, err);
}

int wire_send_job(int socket, const struct wire_job *job, int fd, struct tq_error *err)
{
    char control[CMSG_SPACE(sizeof(int))] = {0};
    struct wire_job copy = *job;
    struct iovec part = {&copy, sizeof(copy)};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = control,
                             .msg_controllen = sizeof(control)};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    ssize_t sent;

    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(header), &fd, sizeof(fd));
    do {
        sent = sendmsg(socket, &message, MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    if (sent != (ssize_t)sizeof(copy))
        return tq_fail(err, TQ_E_PEER, "could not hand an exhibit to the reader: %s",
                       sent < 0 ? strerror(errno) : "short write");
    return TQ_OK;
}

int wire_receive_job(int socket, struct wire_job *out_job, int *out_fd, bool *out_end,
                     struct tq_error *err)
{
    char control[CMSG_SPACE(sizeof(int))] = {0};
    struct iovec part = {out_job, sizeof(*out_job)};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = control,
                             .msg_controllen = sizeof(control)};
    struct cmsghdr *header;
    ssize_t got;

    do {
        got = recvmsg(socket, &message, MSG_WAITALL);
    } while (got < 0 && errno == EINTR);
    *out_end = got == 0;
    if (got == 0)
        return TQ_OK;
    header = CMSG_FIRSTHDR(&message);
    if (got != (ssize_t)sizeof(*out_job) || !header || header->cmsg_type != SCM_RIGHTS
        || out_job->name_length > FILE_NAME_MAX || out_job->passwords_bytes > PASSWORDS_BYTES_MAX)
        return tq_fail(err, TQ_E_PEER, "a job is malformed");
    memcpy(out_fd, CMSG_DATA(header), sizeof(*out_fd));
    return TQ_OK;
}

int wire_send_passwords(int socket, const struct password_list *list, struct tq_error *err)
{
    struct slice rest = slice_make(list->text, list->length);

    while (rest.length > 0) {
        ssize_t sent = send(socket, rest.data, rest.length, MSG_NOSIGNAL);

        if (sent < 0 && errno != EINTR)
            return tq_fail(err, TQ_E_PEER, "could not hand passwords to the reader: %s",
                           strerror(errno));
        if (sent > 0)
            rest = slice_skip(rest, (size_t)sent);
    }
    return TQ_OK;
}

int wire_receive_passwords(int socket, uint32_t bytes, struct password_list *out_list,
                           struct tq_error *err)
{
    char *text = alloc_zeroed(bytes, 1);
    size_t got;
    int r;

    if (!text)
        return tq_no_memory(err);
    r = file_read(socket, text, bytes, &got, err);
    if (r == TQ_OK && got < bytes)
        r = tq_fail(err, TQ_E_PEER, "the passwords of a job are cut short");
    if (r == TQ_OK)
        return password_list_take(text, bytes, "passwords", out_list, err);
    explicit_bzero(text, bytes);
    free(text);
    return r;
}
