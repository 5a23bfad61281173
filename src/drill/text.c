/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Values as text, and files of it. */
#include "drill/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/moment.h"

#define PUMP_BYTES (1u << 20)

char *text_put_padded(char *at, uint64_t value, unsigned width)
{
    for (unsigned i = width; i-- > 0; value /= 10)
        at[i] = (char)('0' + (int)(value % 10));
    return at + width;
}

char *text_put_number(char *at, uint64_t value)
{
    unsigned width = 1;

    for (uint64_t rest = value / 10; rest > 0; rest /= 10)
        width++;
    return text_put_padded(at, value, width);
}

char *text_put_cents(char *at, int64_t centimes)
{
    at = text_put_number(at, (uint64_t)(centimes / 100));
    *at++ = '.';
    return text_put_padded(at, (uint64_t)(centimes % 100), 2);
}

char *text_put_date(char *at, int32_t days)
{
    int year;
    unsigned month, day;

    civil_from_days(days, &year, &month, &day);
    at = text_put_padded(at, (unsigned)year, 4);
    *at++ = '-';
    at = text_put_padded(at, month, 2);
    *at++ = '-';
    return text_put_padded(at, day, 2);
}

char *text_put_month(char *at, uint16_t month)
{
    at = text_put_padded(at, month / 12u, 4);
    *at++ = '-';
    return text_put_padded(at, month % 12u + 1, 2);
}

char *text_put_moment(char *at, int32_t minutes)
{
    int32_t days = minutes / 1440 - (minutes % 1440 < 0);
    unsigned minute = (unsigned)(minutes - days * 1440);

    if (minutes == MOMENT_MIN || minutes == MOMENT_MAX)
        return at;
    at = text_put_date(at, days);
    *at++ = 'T';
    at = text_put_padded(at, minute / 60, 2);
    *at++ = ':';
    at = text_put_padded(at, minute % 60, 2);
    memcpy(at, ":00Z", 4);
    return at + 4;
}

void text_add_number(struct buf *out, uint64_t value)
{
    char text[TEXT_VALUE_MAX];

    buf_add(out, text, (size_t)(text_put_number(text, value) - text));
}

void text_add_padded(struct buf *out, uint64_t value, unsigned width)
{
    char text[TEXT_VALUE_MAX];

    buf_add(out, text, (size_t)(text_put_padded(text, value, width) - text));
}

void text_add_cents(struct buf *out, int64_t centimes)
{
    char text[TEXT_VALUE_MAX];

    buf_add(out, text, (size_t)(text_put_cents(text, centimes) - text));
}

void text_add_date(struct buf *out, int32_t days)
{
    char text[TEXT_VALUE_MAX];

    buf_add(out, text, (size_t)(text_put_date(text, days) - text));
}

void text_add_month(struct buf *out, uint16_t month)
{
    char text[TEXT_VALUE_MAX];

    buf_add(out, text, (size_t)(text_put_month(text, month) - text));
}

void text_add_moment(struct buf *out, int32_t minutes)
{
    char text[TEXT_VALUE_MAX];

    buf_add(out, text, (size_t)(text_put_moment(text, minutes) - text));
}

void text_add_csv(struct buf *out, struct slice cell, char delimiter)
{
    bool quoted = false;

    for (size_t i = 0; i < cell.length && !quoted; i++)
        quoted = cell.data[i] == delimiter || cell.data[i] == '"' || cell.data[i] == '\n'
                 || cell.data[i] == '\r';
    if (!quoted) {
        buf_add_slice(out, cell);
        return;
    }
    buf_add_byte(out, '"');
    for (size_t i = 0; i < cell.length; i++) {
        if (cell.data[i] == '"')
            buf_add_byte(out, '"');
        buf_add_byte(out, cell.data[i]);
    }
    buf_add_byte(out, '"');
}

int text_file_open(struct text_file *file, const char *folder, const char *name,
                   struct tq_error *err)
{
    *file = (struct text_file){.fd = -1, .path = file_join(folder, name)};
    if (!file->path)
        return tq_no_memory(err);
    file->fd = open(file->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (file->fd < 0) {
        int r = tq_fail(err, TQ_E_IO, "could not write '%s': %s", file->path, strerror(errno));

        text_file_drop(file);
        return r;
    }
    return TQ_OK;
}

int text_file_write(struct text_file *file, struct slice bytes, struct tq_error *err)
{
    file->bytes += bytes.length;
    if (file_write(file->fd, bytes.data, bytes.length, err) < 0)
        return tq_fail(err, TQ_E_IO, "could not write '%s': %s", file->path, strerror(errno));
    return TQ_OK;
}

static int flush(struct text_file *file, struct tq_error *err)
{
    int r = buf_check(&file->text, err);

    if (r < 0)
        return r;
    r = text_file_write(file, buf_slice(&file->text), err);
    buf_empty(&file->text);
    return r;
}

int text_file_pump(struct text_file *file, struct tq_error *err)
{
    return file->text.length < PUMP_BYTES && !file->text.failed ? TQ_OK : flush(file, err);
}

int text_file_close(struct text_file *file, struct tq_error *err)
{
    int r = flush(file, err);
    int fd = file->fd;

    file->fd = -1;
    if (close(fd) < 0 && r == TQ_OK)
        r = tq_fail(err, TQ_E_IO, "could not write '%s': %s", file->path, strerror(errno));
    text_file_drop(file);
    return r;
}

void text_file_drop(struct text_file *file)
{
    if (file->fd >= 0)
        (void)close(file->fd);
    file->fd = -1;
    free(file->path);
    file->path = NULL;
    buf_clear(&file->text);
}
