/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Archives, by libarchive. */
#include "drill/archive_out.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>

#include "base/alloc.h"

struct archive_out {
    struct archive *archive;
    struct archive_entry *entry; /* reused */
    enum archive_kind kind;
};

static int fail(struct archive *archive, struct tq_error *err)
{
    const char *reason = archive_error_string(archive);

    return tq_fail(err, TQ_E_IO, "could not write an archive: %s", reason ? reason : "no reason");
}

static int begin(struct archive_out *out, const char *path, struct tq_error *err)
{
    struct archive *archive = out->archive;
    int r = ARCHIVE_OK;

    if (out->kind == ARCHIVE_ZIP) {
        r |= archive_write_set_format_zip(archive);
        r |= archive_write_set_options(archive, "zip:compression=store");
    } else {
        r |= archive_write_set_format_ustar(archive);
        r |= archive_write_add_filter_gzip(archive);
        r |= archive_write_set_options(archive, "gzip:!timestamp");
    }
    r |= archive_write_set_bytes_in_last_block(archive, 1);
    r |= archive_write_open_filename(archive, path);
    return r == ARCHIVE_OK ? TQ_OK : fail(archive, err);
}

int archive_out_open(const char *path, enum archive_kind kind, struct archive_out **out_archive,
                     struct tq_error *err)
{
    struct archive_out *out = alloc_zeroed(1, sizeof(*out));

    if (!out)
        return tq_no_memory(err);
    *out = (struct archive_out){archive_write_new(), archive_entry_new(), kind};
    int r = out->archive && out->entry ? begin(out, path, err) : tq_no_memory(err);

    if (r < 0) {
        archive_out_drop(out);
        return r;
    }
    *out_archive = out;
    return TQ_OK;
}

int archive_out_add(struct archive_out *archive, const char *name, struct slice content,
                    int32_t minutes, struct tq_error *err)
{
    struct archive_entry *entry = archive->entry;

    archive_entry_clear(entry);
    archive_entry_set_pathname(entry, name);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_size(entry, (la_int64_t)content.length);
    if (archive->kind != ARCHIVE_ZIP)
        archive_entry_set_mtime(entry, (time_t)minutes * 60, 0);
    if (archive_write_header(archive->archive, entry) != ARCHIVE_OK
        || archive_write_data(archive->archive, content.data, content.length)
               != (la_ssize_t)content.length)
        return fail(archive->archive, err);
    return TQ_OK;
}

int archive_out_close(struct archive_out *archive, struct tq_error *err)
{
    int r =
        archive_write_close(archive->archive) == ARCHIVE_OK ? TQ_OK : fail(archive->archive, err);

    archive_out_drop(archive);
    return r;
}

struct archive_out *archive_out_drop(struct archive_out *archive)
{
    if (!archive)
        return NULL;
    if (archive->archive)
        (void)archive_write_free(archive->archive);
    if (archive->entry)
        archive_entry_free(archive->entry);
    free(archive);
    return NULL;
}
