/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The register's files: blocks of persons are made by threads and written in order. */
#include "drill/register_write.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/pool.h"
#include "drill/register_tables.h"
#include "drill/text.h"

#define BLOCK_PERSONS 512u
#define ROUND_BLOCKS  16u

/* A person who stands in a declaration file of the leak. */
struct pick {
    uint32_t filing, person;
};

struct block {
    struct buf out[PERSON_TABLES];
    uint64_t rows[PERSON_TABLES];
    struct pick *picks; /* owned */
    size_t pick_count, pick_capacity;
};

struct writing {
    const struct world *world;
    struct filing_plan *plan;
    uint32_t first; /* person of the round */
    struct block *blocks;
    struct text_file files[PERSON_TABLES];
};

static int pick_filings(const struct writing *writing, const struct person *p, struct block *block,
                        struct tq_error *err)
{
    const struct filing_plan *plan = writing->plan;

    for (uint32_t m = 0; m < p->month_count; m++) {
        const struct declared_month *line = &p->months[m];
        uint32_t filing = line->employer == NOBODY ? 0 : plan->of_employer[line->employer];

        if (filing == 0 || plan->filings[filing - 1].month != m)
            continue;
        int r = alloc_reserve(&block->picks, &block->pick_capacity, block->pick_count + 1,
                              sizeof(*block->picks), err);

        if (r < 0)
            return r;
        block->picks[block->pick_count++] = (struct pick){filing - 1, p->number};
    }
    return TQ_OK;
}

static int make_block(void *state, size_t index, unsigned thread, struct tq_error *err)
{
    struct writing *writing = state;
    struct block *block = &writing->blocks[index];
    uint32_t first = writing->first + (uint32_t)index * BLOCK_PERSONS;
    struct person person;

    (void)thread;
    for (uint32_t i = first; i < first + BLOCK_PERSONS && i < writing->world->persons; i++) {
        person_load(writing->world, i, &person);
        register_add_person(writing->world, &person, block->out, block->rows);
        int r = pick_filings(writing, &person, block, err);

        if (r < 0)
            return r;
    }
    for (unsigned t = 0; t < PERSON_TABLES; t++) {
        int r = buf_check(&block->out[t], err);

        if (r < 0)
            return r;
    }
    return TQ_OK;
}

static int write_block(struct writing *writing, struct block *block, struct tq_error *err)
{
    for (unsigned t = 0; t < PERSON_TABLES; t++) {
        int r = text_file_write(&writing->files[t], buf_slice(&block->out[t]), err);

        if (r < 0)
            return r;
        writing->files[t].rows += block->rows[t];
        block->rows[t] = 0;
        buf_empty(&block->out[t]);
    }
    for (size_t i = 0; i < block->pick_count; i++) {
        const struct pick *pick = &block->picks[i];
        int r = filing_add_person(&writing->plan->filings[pick->filing], pick->person, err);

        if (r < 0)
            return r;
    }
    block->pick_count = 0;
    return TQ_OK;
}

static int write_rounds(struct writing *writing, struct tq_error *err)
{
    const struct world *world = writing->world;
    const struct drill_request *request = &world->request;

    while (writing->first < world->persons) {
        int r = pool_run(request->threads, ROUND_BLOCKS, make_block, writing, err);

        for (size_t i = 0; r == TQ_OK && i < ROUND_BLOCKS; i++)
            r = write_block(writing, &writing->blocks[i], err);
        if (r < 0)
            return r;
        writing->first += BLOCK_PERSONS * ROUND_BLOCKS;
        if (request->progress)
            request->progress(
                request->state, "register",
                writing->first < world->persons ? (double)writing->first / world->persons : 1);
    }
    return TQ_OK;
}

static int write_persons(struct writing *writing, const char *folder, struct drill_summary *summary,
                         struct tq_error *err)
{
    int r = TQ_OK;

    for (unsigned t = 0; r == TQ_OK && t < PERSON_TABLES; t++) {
        r = text_file_open(&writing->files[t], folder, person_table_files[t], err);
        if (r == TQ_OK)
            r = text_file_write(&writing->files[t], slice_of(person_table_headers[t]), err);
    }
    if (r == TQ_OK)
        r = write_rounds(writing, err);
    for (unsigned t = 0; r == TQ_OK && t < PERSON_TABLES; t++) {
        summary->register_rows += writing->files[t].rows;
        summary->register_bytes += writing->files[t].bytes;
        r = text_file_close(&writing->files[t], err);
    }
    for (unsigned t = 0; t < PERSON_TABLES; t++)
        text_file_drop(&writing->files[t]);
    return r;
}

static int write_employer_rows(const struct world *world, struct text_file *file,
                               struct tq_error *err)
{
    struct employer employer;

    buf_add_text(&file->text, employer_table_header);
    for (uint32_t e = 0; e < world->employers; e++) {
        employer_load(world, e, &employer);
        file->rows += register_add_employer(world, &employer, &file->text);
        int r = text_file_pump(file, err);

        if (r < 0)
            return r;
    }
    return TQ_OK;
}

static int write_employers(const struct world *world, const char *folder,
                           struct drill_summary *summary, struct tq_error *err)
{
    struct text_file file;
    int r = text_file_open(&file, folder, employer_table_file, err);

    if (r < 0)
        return r;
    r = write_employer_rows(world, &file, err);
    if (r < 0) {
        text_file_drop(&file);
        return r;
    }
    summary->register_rows += file.rows;
    summary->register_bytes += file.bytes + file.text.length;
    return text_file_close(&file, err);
}

static int write_description(const char *folder, struct tq_error *err)
{
    char *path CLEANUP(free_cleanup) = file_join(folder, "register.yaml");

    if (!path)
        return tq_no_memory(err);
    return file_save(path, slice_of(register_description), 0644, err);
}

static void blocks_clear(struct block *blocks)
{
    for (size_t i = 0; blocks && i < ROUND_BLOCKS; i++) {
        for (unsigned t = 0; t < PERSON_TABLES; t++)
            buf_clear(&blocks[i].out[t]);
        free(blocks[i].picks);
    }
    free(blocks);
}

int register_write(const struct world *world, const char *folder, struct filing_plan *plan,
                   struct drill_summary *summary, struct tq_error *err)
{
    struct writing writing = {.world = world, .plan = plan};
    int r = file_make_folder(folder, 0755, err);

    for (unsigned t = 0; t < PERSON_TABLES; t++)
        writing.files[t].fd = -1;
    if (r < 0)
        return r;
    writing.blocks = alloc_zeroed(ROUND_BLOCKS, sizeof(*writing.blocks));
    if (!writing.blocks)
        return tq_no_memory(err);
    r = write_description(folder, err);
    if (r == TQ_OK)
        r = write_employers(world, folder, summary, err);
    if (r == TQ_OK)
        r = write_persons(&writing, folder, summary, err);
    blocks_clear(writing.blocks);
    return r;
}
