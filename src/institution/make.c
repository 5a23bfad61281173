/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A whole drill of an institution: register, leak, truth. */
#include <time.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "institution/institution.h"
#include "institution/leak_out.h"
#include "institution/member.h"
#include "institution/register_out.h"
#include "institution/row.h"
#include "institution/value.h"

static double seconds_now(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void add_key(const void *state, unsigned kind, uint32_t number, struct buf *out)
{
    struct member member = {.number = number};

    (void)kind;
    value_key(state, &member, 0, NULL, out);
}

static struct truth_source source_of(const struct institution *institution)
{
    return (struct truth_source){.state = institution,
                                 .counts = {institution->persons, 0},
                                 .snapshot = institution->snapshot,
                                 .add_key = add_key,
                                 .cell_at = row_truth_cell};
}

/* The three folders of a drill. */
struct folders {
    char *registered, *leak, *truth; /* owned */
};

static void folders_clear(struct folders *folders)
{
    free(folders->registered);
    free(folders->leak);
    free(folders->truth);
}

static int make_folders(const char *folder, struct folders *out, struct tq_error *err)
{
    out->registered = file_join(folder, "register");
    out->leak = file_join(folder, "leak");
    out->truth = file_join(folder, "truth");
    if (!out->registered || !out->leak || !out->truth)
        return tq_no_memory(err);
    int r = drill_refuse_used_folder(folder, err);

    return r < 0 ? r : file_make_folder(out->leak, 0755, err);
}

static int make_leak(const struct institution *institution, const struct folders *folders,
                     struct truth *truth, struct tq_error *err)
{
    struct truth_source source = source_of(institution);
    int r = truth_begin(truth, &source, folders->truth, err);

    for (unsigned i = 0; r == TQ_OK && i < LEAKS; i++)
        r = leak_out_write(institution, i, folders->leak, truth, err);
    return r < 0 ? r : truth_finish(truth, err);
}

static int make_all(const struct institution *institution, struct drill_summary *summary,
                    struct tq_error *err)
{
    struct folders folders CLEANUP(folders_clear) = {0};
    struct truth truth CLEANUP(truth_clear) = {
        .file = {.fd = -1}, .snapshots = {.fd = -1}, .breaks = {.fd = -1}, .mosaic = {.fd = -1}};
    double begin = seconds_now();
    int r = make_folders(institution->request.folder, &folders, err);

    if (r == TQ_OK)
        r = register_out_write(institution, folders.registered, summary, err);
    summary->register_seconds = seconds_now() - begin;
    begin = seconds_now();
    if (r == TQ_OK)
        r = make_leak(institution, &folders, &truth, err);
    summary->leak_seconds = seconds_now() - begin;
    summary->snapshot = institution->snapshot;
    summary->records = truth.record_count;
    summary->leak_files = truth.exhibit_count;
    for (size_t i = 0; i < truth.exhibit_count; i++)
        summary->leak_bytes += truth.exhibits[i].bytes;
    return r;
}

int institution_drill(const char *name, const struct drill_request *request,
                      struct drill_summary *out_summary, struct tq_error *err)
{
    const struct profile *profile = profile_find(name);
    struct institution institution;
    struct drill_summary summary = {0};

    if (!profile)
        return tq_fail(err, TQ_E_USAGE,
                       "there is no profile '%s'; there are fund, university, clinic and "
                       "association",
                       name);
    int r = institution_make(profile, request, &institution, err);

    if (r < 0)
        return r;
    r = make_all(&institution, &summary, err);
    institution_clear(&institution);
    if (r == TQ_OK)
        *out_summary = summary;
    return r;
}
