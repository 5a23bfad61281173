/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A whole drill: register, leak, truth. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "drill/drill.h"
#include "drill/leak_channel.h"
#include "drill/leak_declarations.h"
#include "drill/leak_documents.h"
#include "drill/leak_list.h"
#include "drill/leak_names.h"
#include "drill/postgres_load.h"
#include "drill/register_write.h"
#include "drill/truth.h"

struct making {
    struct world world;
    struct filing_plan plan;
    struct truth truth;
    struct leak_names names;
    char *leak;                 /* owned */
    struct postgres_load *load; /* owned; NULL: no database is wanted */
    struct drill_summary summary;
};

static double seconds_now(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static int make_register(struct making *making, struct tq_error *err)
{
    char *folder CLEANUP(free_cleanup) = file_join(making->world.request.folder, "register");
    double begin = seconds_now();

    if (!folder)
        return tq_no_memory(err);
    int r = filing_plan_make(&making->world, &making->plan, err);

    if (r == TQ_OK)
        r = register_write(&making->world, folder, &making->plan, &making->summary, err);
    making->summary.register_seconds = seconds_now() - begin;
    if (r == TQ_OK && making->load)
        r = postgres_load_register(making->load, folder, &making->world.request, err);
    return r;
}

static int make_lists(struct making *making, struct tq_error *err)
{
    const struct world *world = &making->world;
    uint32_t firms = world->request.rows / 4, firms_max = world->employers / 10 * 9;
    int r = leak_list_write(world, KIND_PERSON, world->request.rows, making->leak,
                            making->names.persons, &making->truth, err);

    if (r < 0)
        return r;
    return leak_list_write(world, KIND_EMPLOYER, firms < firms_max ? firms : firms_max,
                           making->leak, making->names.companies, &making->truth, err);
}

static int make_leak(struct making *making, struct tq_error *err)
{
    char *files CLEANUP(free_cleanup) = file_join(making->leak, "files");
    double begin = seconds_now();
    int r = files ? file_make_folder(files, 0755, err) : tq_no_memory(err);

    if (r == TQ_OK)
        r = make_lists(making, err);
    if (r == TQ_OK)
        r = leak_declarations_write(&making->world, &making->plan, making->leak, &making->names,
                                    &making->truth, err);
    if (r == TQ_OK)
        r = leak_channel_write(&making->world, making->leak, &making->names, &making->truth, err);
    making->summary.leak_seconds = seconds_now() - begin;
    return r;
}

static int make_documents(struct making *making, struct tq_error *err)
{
    double begin = seconds_now();
    int r = leak_documents_write(&making->world, making->leak, &making->names, &making->truth, err);

    /* Reports of one template show the state of the days before the snapshot. */
    for (int i = 1; r == TQ_OK && making->world.request.documents > 0 && i <= 2; i++)
        truth_add_snapshot(&making->truth, i == 1 ? "layout:1" : "layout:2",
                           making->world.snapshot - 20 * DAY_MINUTES, making->world.snapshot, 0.86);
    making->summary.documents = (uint32_t)making->world.request.documents;
    making->summary.document_seconds = seconds_now() - begin;
    return r;
}

/* Files of another drill among these would be evidence without truth. */
int drill_refuse_used_folder(const char *folder, struct tq_error *err)
{
    static const char *const parts[] = {"register", "leak", "truth"};

    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        char *path CLEANUP(free_cleanup) = file_join(folder, parts[i]);

        if (!path)
            return tq_no_memory(err);
        if (file_exists(path))
            return tq_fail(err, TQ_E_USAGE, "'%s' is there already; remove it first", path);
    }
    return TQ_OK;
}

static int make_all(struct making *making, struct tq_error *err)
{
    char *truth CLEANUP(free_cleanup) = file_join(making->world.request.folder, "truth");

    making->leak = file_join(making->world.request.folder, "leak");
    if (!truth || !making->leak)
        return tq_no_memory(err);
    making->names = leak_names_draw(&making->world);
    int r = drill_refuse_used_folder(making->world.request.folder, err);

    if (r == TQ_OK && making->world.request.postgres)
        r = postgres_load_open(making->world.request.postgres, &making->load, err);
    if (r == TQ_OK)
        r = make_register(making, err);
    struct truth_source source = truth_source_of_world(&making->world);

    if (r == TQ_OK)
        r = truth_begin(&making->truth, &source, truth, err);
    if (r == TQ_OK)
        r = make_leak(making, err);
    if (r == TQ_OK)
        r = make_documents(making, err);
    return r < 0 ? r : truth_finish(&making->truth, err);
}

int drill_make(const struct drill_request *request, struct drill_summary *out_summary,
               struct tq_error *err)
{
    struct making making = {.truth = {.file = {.fd = -1},
                                      .snapshots = {.fd = -1},
                                      .breaks = {.fd = -1},
                                      .mosaic = {.fd = -1}}};
    int r = world_make(request, &making.world, err);

    if (r < 0)
        return r;
    r = make_all(&making, err);
    making.summary.snapshot = making.world.snapshot;
    making.summary.records = making.truth.record_count;
    making.summary.leak_files = making.truth.exhibit_count;
    for (size_t i = 0; i < making.truth.exhibit_count; i++)
        making.summary.leak_bytes += making.truth.exhibits[i].bytes;
    filing_plan_clear(&making.plan);
    truth_clear(&making.truth);
    world_clear(&making.world);
    (void)postgres_load_close(making.load);
    free(making.leak);
    if (r == TQ_OK)
        *out_summary = making.summary;
    return r;
}
