/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/archive_unlock.h"

#include <archive_entry.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/file.h"

#define UNLOCK_BYTES ((size_t)64 << 10)
#define OPENS_MAX    128u                /* each reads the directory anew */
#define TRIES_MAX    20000u              /* a millisecond each, where keys are derived slowly */
#define WASTE_MAX    ((uint64_t)1 << 30) /* made by passwords that passed and were wrong */
#define VERIFY_MAX   ((uint64_t)1 << 30) /* of a member: what is right so far is right */

static void close_archive(struct archive_unlock *unlock)
{
    if (unlock->archive)
        (void)archive_read_free(unlock->archive); /* wipes the passwords it was given */
    unlock->archive = NULL;
}

void archive_unlock_clear(struct archive_unlock *unlock)
{
    close_archive(unlock);
    explicit_bzero(unlock->password, sizeof(unlock->password));
    free(unlock->bytes);
    free(unlock->scratch);
    unlock->bytes = unlock->scratch = NULL;
}

static const char *password_text(struct archive_unlock *unlock, uint32_t password)
{
    struct slice text = unlock->input->passwords->items[password].text;

    memcpy(unlock->password, text.data, text.length);
    unlock->password[text.length] = '\0';
    return unlock->password;
}

int archive_unlock_give(struct archive_unlock *unlock, uint32_t password, struct archive *archive,
                        struct tq_error *err)
{
    const char *text = password_text(unlock, password);

    return archive_read_add_passphrase(archive, text) == ARCHIVE_OK ? TQ_OK : tq_no_memory(err);
}

/* ---- the archive beside: it has an offset of its own ---- */

static la_ssize_t unlock_read(struct archive *archive, void *state, const void **out_bytes)
{
    struct archive_unlock *unlock = state;
    struct tq_error ignored;
    size_t got;

    (void)archive;
    if (file_read_at(unlock->input->fd, unlock->offset, unlock->bytes, UNLOCK_BYTES, &got, &ignored)
        < 0)
        return -1;
    unlock->offset += got;
    *out_bytes = unlock->bytes;
    return (la_ssize_t)got;
}

static la_int64_t unlock_seek(struct archive *archive, void *state, la_int64_t offset, int whence)
{
    struct archive_unlock *unlock = state;
    int64_t size = (int64_t)unlock->input->size_bytes;

    (void)archive;
    if (whence == SEEK_CUR)
        offset += (int64_t)unlock->offset;
    else if (whence == SEEK_END)
        offset += size;
    if (offset < 0 || offset > size)
        return ARCHIVE_FATAL;
    unlock->offset = (uint64_t)offset;
    return offset;
}

/* libarchive asks when all it has were wrong. */
static const char *next_password(struct archive *archive, void *state)
{
    struct archive_unlock *unlock = state;

    (void)archive;
    if (unlock->next >= unlock->end)
        return NULL;
    if (unlock->tries >= TRIES_MAX) {
        unlock->gave_up = true;
        return NULL;
    }
    unlock->tries++;
    return password_text(unlock, unlock->next++);
}

static int take_memory(struct archive_unlock *unlock, struct tq_error *err)
{
    if (!unlock->bytes)
        unlock->bytes = alloc_zeroed(UNLOCK_BYTES, 1);
    if (!unlock->scratch)
        unlock->scratch = alloc_zeroed(UNLOCK_BYTES, 1);
    return unlock->bytes && unlock->scratch ? TQ_OK : tq_no_memory(err);
}

/* Open it anew, for the passwords from `first` on, up to `end`. */
static int open_archive(struct archive_unlock *unlock, uint32_t first, uint32_t end,
                        struct tq_error *err)
{
    struct archive *archive;
    int r = take_memory(unlock, err);

    if (r < 0)
        return r;
    close_archive(unlock);
    unlock->archive = archive = archive_read_new();
    if (!archive)
        return tq_no_memory(err);
    unlock->next = first;
    unlock->end = end;
    unlock->at = unlock->offset = 0;
    unlock->opens++;
    unlock->support(archive);
    (void)archive_read_set_passphrase_callback(archive, unlock, next_password);
    (void)archive_read_set_read_callback(archive, unlock_read);
    (void)archive_read_set_seek_callback(archive, unlock_seek);
    (void)archive_read_set_callback_data(archive, unlock);
    if (archive_read_open1(archive) != ARCHIVE_OK)
        close_archive(unlock);
    return TQ_OK;
}

/* Go to an entry; false if it cannot be found. */
static bool go_to(struct archive_unlock *unlock, uint64_t index)
{
    struct archive_entry *entry;

    while (unlock->archive && unlock->at <= index) {
        if (archive_read_next_header(unlock->archive, &entry) < ARCHIVE_WARN)
            return false;
        unlock->at++;
    }
    return unlock->archive != NULL;
}

/* Whether the content of the entry that it stands at comes out whole. */
static bool comes_out(struct archive_unlock *unlock)
{
    uint64_t made = 0;

    while (made < VERIFY_MAX) {
        la_ssize_t got = archive_read_data(unlock->archive, unlock->scratch, UNLOCK_BYTES);

        if (got == 0)
            return true;
        if (got < 0 && got != ARCHIVE_RETRY) {
            unlock->wasted_bytes += made;
            return false;
        }
        made += got > 0 ? (uint64_t)got : 1;
    }
    return true;
}

static bool may_go_on(struct archive_unlock *unlock)
{
    if (unlock->opens >= OPENS_MAX || unlock->tries >= TRIES_MAX
        || unlock->wasted_bytes >= WASTE_MAX)
        unlock->gave_up = true;
    return !unlock->gave_up;
}

/* The archive beside stays open for the password that opened the last member: as a rule it opens
 * the next one. */
static int try_likely(struct archive_unlock *unlock, uint64_t index, uint32_t likely,
                      bool *out_opens, struct tq_error *err)
{
    bool fits = unlock->archive && unlock->at <= index && unlock->end == likely + 1;

    *out_opens = false;
    if (!fits && may_go_on(unlock)) {
        int r = open_archive(unlock, likely, likely + 1, err);

        if (r < 0)
            return r;
    } else if (!fits) {
        return TQ_OK;
    }
    *out_opens = go_to(unlock, index) && comes_out(unlock);
    return TQ_OK;
}

static int try_all(struct archive_unlock *unlock, uint64_t index, uint32_t *out_found,
                   struct tq_error *err)
{
    uint32_t count = unlock->input->passwords->count;
    uint32_t first = 0;

    *out_found = ARCHIVE_NO_PASSWORD;
    while (first < count && may_go_on(unlock)) {
        int r = open_archive(unlock, first, count, err);

        if (r < 0)
            return r;
        if (!go_to(unlock, index))
            break;
        if (comes_out(unlock)) {
            *out_found = unlock->next > first ? unlock->next - 1 : ARCHIVE_NO_PASSWORD;
            break;
        }
        if (unlock->next == first) /* it asked for none: a cipher that libarchive does not know */
            break;
        first = unlock->next;
    }
    close_archive(unlock);
    return TQ_OK;
}

int archive_unlock_find(struct archive_unlock *unlock, uint64_t index, uint32_t likely,
                        uint32_t *out_found, struct tq_error *err)
{
    bool opens = false;
    int r = TQ_OK;

    if (likely != ARCHIVE_NO_PASSWORD)
        r = try_likely(unlock, index, likely, &opens, err);
    if (r < 0)
        return r;
    if (!opens)
        return try_all(unlock, index, out_found, err);
    *out_found = likely;
    return TQ_OK;
}
