/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/ppt_lock.h"

#include <string.h>

#include "base/cleanup.h"
#include "extract/legacy_lock.h"
#include "extract/little_endian.h"

#define RECORD_BYTES      8u
#define EDIT_AT           16u /* in the stream "Current User": where the last edit is */
#define EDIT_DIRECTORY_AT 12u /* in the record of an edit */
#define EDIT_LOCK_AT      28u
#define EDIT_BYTES        32u /* of an edit that is encrypted */

enum record_type {
    RECORD_EDIT = 0x0FF5,
    RECORD_DIRECTORY = 0x1772,
    RECORD_LOCK = 0x2F14,
};

/* Where the objects of a presentation lie. */
struct directory {
    struct slice entries; /* a number and how many follow, then the place of each */
    size_t at;
    uint32_t number, left;
};

/* The next object; false: there is none. */
static bool directory_next(struct directory *directory, uint32_t *out_number, uint32_t *out_offset)
{
    const char *at;

    if (directory->entries.length - directory->at < 4) /* there may be no entries at all */
        return false;
    at = directory->entries.data + directory->at;
    directory->at += 4;
    if (directory->left == 0) {
        directory->number = u32_of(at) & 0xFFFFF;
        directory->left = u32_of(at) >> 20;
        return directory->left > 0 && directory_next(directory, out_number, out_offset);
    }
    directory->left--;
    *out_number = directory->number++;
    *out_offset = u32_of(at);
    return true;
}

/* The body of the record at `offset`; empty: there is none of that type. */
static struct slice record_at(const struct buf *stream, size_t offset, unsigned type)
{
    struct slice body = slice_skip(buf_slice(stream), offset);
    size_t length;

    if (body.length < RECORD_BYTES || u16_of(body.data + 2) != type)
        return (struct slice){0};
    length = u32_of(body.data + 4);
    body = slice_skip(body, RECORD_BYTES);
    if (length < body.length)
        body.length = length;
    return body;
}

/* The directory of objects, and what is said of the encryption. */
static void find_parts(const struct buf *stream, struct slice current,
                       struct directory *out_directory, struct slice *out_info)
{
    struct slice edit = {0};
    struct directory objects;
    uint32_t number, offset;

    if (current.length >= EDIT_AT + 4)
        edit = record_at(stream, u32_of(current.data + EDIT_AT), RECORD_EDIT);
    if (edit.length < EDIT_BYTES)
        return;
    out_directory->entries =
        record_at(stream, u32_of(edit.data + EDIT_DIRECTORY_AT), RECORD_DIRECTORY);
    objects = *out_directory;
    while (directory_next(&objects, &number, &offset)) {
        if (number == u32_of(edit.data + EDIT_LOCK_AT))
            *out_info = record_at(stream, offset, RECORD_LOCK);
    }
}

/* Each object is a record of its own, head included, under the key of its number. */
static int decipher_objects(struct legacy_cipher *cipher, struct directory objects,
                            struct buf *stream, struct tq_error *err)
{
    size_t left = stream->length; /* a directory may name one object a thousand times */
    uint32_t number, offset;
    int r = TQ_OK;

    while (r == TQ_OK && directory_next(&objects, &number, &offset)) {
        size_t length;

        if (offset >= stream->length || stream->length - offset < RECORD_BYTES
            || record_at(stream, offset, RECORD_LOCK).length > 0)
            continue;
        r = legacy_decipher_block(cipher, number, 0, stream->data + offset, RECORD_BYTES, err);
        if (r < 0)
            break;
        length = u32_of(stream->data + offset + 4);
        offset += RECORD_BYTES;
        if (length > stream->length - offset)
            length = stream->length - offset;
        if (length > left)
            break;
        left -= length;
        r = legacy_decipher_block(cipher, number, RECORD_BYTES, stream->data + offset, length, err);
    }
    return r;
}

int ppt_unlock(struct buf *stream, struct slice current, const struct extract_input *input,
               const struct sink *sink, bool *out_open, struct tq_error *err)
{
    CLEANUP(legacy_cipher_clear) struct legacy_cipher cipher = {0};
    CLEANUP(buf_clear_cleanup) struct buf entries = {0};
    struct directory objects = {0};
    struct slice info = {0};
    struct legacy_lock lock;
    int r;

    find_parts(stream, current, &objects, &info);
    lock = legacy_lock_read(info);
    r = legacy_lock_find(&lock, input, sink, out_open, cipher.secret, err);
    if (r < 0 || !*out_open)
        return r;
    cipher.lock = &lock;
    /* A damaged directory may lie where an object does: it is read as it was. */
    buf_add_slice(&entries, objects.entries);
    r = buf_check(&entries, err);
    objects.entries = buf_slice(&entries);
    return r < 0 ? r : decipher_objects(&cipher, objects, stream, err);
}
