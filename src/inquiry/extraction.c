/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Reading the evidence. Exhibits are read level by level: first what was taken, then the members
 * of its containers, and so on, so that no parser recurses and one depth limit holds for all. On
 * the way a kill leaves at worst the results of exhibits that are not marked as read; they are
 * forgotten and read again. A level is begun when all of the one above was read, after a kill too:
 * which of two copies is read, and how far it may expand, depends on everything less deep.
 *
 * Last come pages that are pictures (scans.h). Their exhibits are read anew, by a reader that can
 * read them; until that has ended they are not marked as read.
 */
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/escape.h"
#include "base/pool.h"
#include "inquiry/context.h"
#include "inquiry/expansion.h"
#include "inquiry/restoring.h"
#include "inquiry/scans.h"
#include "sandbox/reader.h"
#include "store/vault.h"

#define COMMIT_EXHIBITS 256u                  /* exhibits whose reading a crash may cost */
#define COMMIT_BYTES    ((uint64_t)256 << 20) /* or bytes */
#define NOTES_MAX       1000u                 /* of one exhibit: past it they say nothing new */
#define REASON_BYTES    200u

struct extraction {
    struct inquiry *inquiry;
    struct case_store *store;
    const struct exhibit_list *exhibits;
    uint32_t *pending;           /* positions of the exhibits of this level, in path order */
    uint64_t *members_bytes_max; /* of each of them */
    size_t pending_count;
    struct reader **readers;  /* one a thread */
    struct reader **scanners; /* likewise, with OCR */
    struct restoration_tools restore;
    struct scan_list scans;
    unsigned thread_count;
    pthread_mutex_t lock; /* guards what follows, and the commits */
    uint64_t done, done_before, found;
    uint64_t uncommitted_exhibits, uncommitted_bytes;
};

/* The sink of one exhibit: what its reader sends goes straight to the store. */
struct exhibit_sink {
    struct case_store *store;
    const char *case_folder;
    uint32_t exhibit;
    const uint8_t *sha256; /* of the exhibit */
    uint32_t table;
    bool has_table;
    struct buf type;
    struct ledger *ledger;
    struct buf member_name;
    struct vault_writer *member;
    struct vault_group *members; /* all of this exhibit: synced together, once it is read */
    uint64_t members_bytes_left; /* the reader keeps to it by itself; a hostile one is made to */
    uint64_t note_count;
    bool may_open; /* members are taken; false at the depth limit */
    bool depth_noted;
    bool reads_anew; /* its members are exhibits already: they are passed over */
    const struct restoration_tools *restore; /* what makes SQL of it; NULL: it is read itself */
    enum restoration_end restored;
};

static int sink_note(void *state, uint64_t place, struct slice text, struct tq_error *err)
{
    struct exhibit_sink *sink = state;

    sink->note_count++;
    if (sink->note_count > NOTES_MAX)
        return TQ_OK;
    if (sink->note_count == NOTES_MAX)
        text = SLICE_LITERAL("further notes were left out");
    return case_add_note(sink->store, sink->exhibit, place, text, err);
}

static int sink_type(void *state, struct slice type, struct tq_error *err)
{
    struct exhibit_sink *sink = state;

    buf_empty(&sink->type);
    buf_add_slice(&sink->type, type);
    return buf_check(&sink->type, err);
}

static int sink_table(void *state, struct slice name, uint32_t column_count,
                      const struct slice *headers, struct tq_error *err)
{
    struct exhibit_sink *sink = state;
    struct table head = {0};
    int r;

    r = table_init(&head, (struct slice){0}, buf_slice(&sink->type), column_count, err);
    if (r < 0)
        return r;
    for (uint32_t i = 0; i < column_count && r == TQ_OK; i++)
        r = table_set_header(&head, i, headers[i], err);
    if (r == TQ_OK)
        r = case_add_table(sink->store, sink->exhibit, name, &head, &sink->table, err);
    table_clear(&head);
    sink->has_table = r == TQ_OK;
    return r;
}

static int sink_rows(void *state, const struct batch *batch, struct tq_error *err)
{
    struct exhibit_sink *sink = state;

    if (!sink->has_table)
        return tq_fail(err, TQ_E_PEER, "rows without a table");
    return case_append_batch(sink->store, sink->table, batch, err);
}

static int sink_page(void *state, const struct page *page, struct tq_error *err)
{
    struct exhibit_sink *sink = state;

    return case_append_page(sink->store, sink->exhibit, page, err);
}

static int sink_member(void *state, struct slice name, struct tq_error *err)
{
    struct exhibit_sink *sink = state;

    if (!sink->may_open) {
        if (sink->depth_noted || sink->reads_anew)
            return TQ_OK;
        sink->depth_noted = true;
        return sink_note(sink, 0, SLICE_LITERAL("not opened: nested too deeply"), err);
    }
    sink->member = vault_abandon(sink->member);
    buf_empty(&sink->member_name);
    buf_add_slice(&sink->member_name, name);
    if (buf_check(&sink->member_name, err) < 0)
        return TQ_E_NOMEM;
    return vault_begin(sink->case_folder, &sink->member, err);
}

static int sink_member_bytes(void *state, struct slice bytes, struct tq_error *err)
{
    struct exhibit_sink *sink = state;

    if (!sink->member)
        return TQ_OK; /* at the depth limit */
    if (bytes.length > sink->members_bytes_left)
        return tq_fail(err, TQ_E_PEER, "the reader spoke nonsense: too many bytes of members");
    sink->members_bytes_left -= bytes.length;
    return vault_write(sink->member, bytes.data, bytes.length, err);
}

/* Custody of a member: written down before anything reads its bytes. */
static int log_member(struct exhibit_sink *sink, const uint8_t digest[SHA256_BYTES],
                      uint64_t size_bytes, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf detail = {0};
    char hex[SHA256_HEX + 1];

    buf_add_text(&detail, "{\"container\":");
    hex_of(sink->sha256, SHA256_BYTES, hex);
    escape_json(&detail, slice_of(hex));
    buf_add_text(&detail, ",\"name\":");
    escape_json(&detail, buf_slice(&sink->member_name));
    hex_of(digest, SHA256_BYTES, hex);
    buf_format(&detail, ",\"sha256\":\"%s\",\"size\":%" PRIu64 "}", hex, size_bytes);
    if (buf_check(&detail, err) < 0)
        return TQ_E_NOMEM;
    return ledger_add(sink->ledger, "member", buf_slice(&detail), err);
}

static int note_damaged_member(struct exhibit_sink *sink, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf text = {0};

    buf_add_text(&text, "member '");
    buf_add_slice(&text, buf_slice(&sink->member_name));
    buf_add_text(&text, "' is damaged: its end is missing");
    if (buf_check(&text, err) < 0)
        return TQ_E_NOMEM;
    return sink_note(sink, 0, buf_slice(&text), err);
}

static int sink_member_end(void *state, bool damaged, struct tq_error *err)
{
    struct exhibit_sink *sink = state;
    uint8_t digest[SHA256_BYTES];
    uint64_t size_bytes;
    uint32_t number;
    int r = TQ_OK;

    if (!sink->member)
        return TQ_OK;
    if (!sink->members)
        r = vault_group_new(sink->case_folder, &sink->members, err);
    if (r < 0)
        return r;
    r = vault_group_add(sink->members, TAKE(sink->member), digest, &size_bytes, err);
    if (r < 0)
        return r;
    r = log_member(sink, digest, size_bytes, err);
    if (r < 0)
        return r;
    r = case_add_exhibit(sink->store, sink->exhibit, buf_slice(&sink->member_name), digest,
                         size_bytes, NULL, &number, err);
    if (r < 0 || !damaged)
        return r;
    return note_damaged_member(sink, err);
}

static int sink_fact(void *state, struct slice name, struct slice value, struct tq_error *err)
{
    struct exhibit_sink *sink = state;

    return case_add_fact(sink->store, sink->exhibit, name, value, err);
}

/* Note how a reading ended that did not end well. */
static int note_end(struct exhibit_sink *sink, enum reader_end end, const char *reason,
                    struct tq_error *err)
{
    char text[REASON_BYTES + 64];

    if (end == READER_DONE)
        return TQ_OK;
    (void)snprintf(text, sizeof(text), "not read to its end: %s", reason);
    return sink_note(sink, 0, slice_of(text), err);
}

/* The members are in custody: their bytes and what the ledger says of them survive a power cut. */
static int keep_members(struct exhibit_sink *sink, struct tq_error *err)
{
    int r;

    if (!sink->members)
        return TQ_OK;
    r = vault_group_sync(sink->members, err);
    if (r < 0)
        return r;
    return ledger_sync(sink->ledger, err);
}

/* The last part of a path, members included: a hint for the recognition of the type. */
static struct slice last_name(const char *path)
{
    struct slice name = slice_of(path);

    for (size_t i = name.length; i > 0; i--) {
        if (name.data[i - 1] == '/')
            return slice_skip(name, i);
    }
    return name;
}

/* Read it once, from nothing; what an attempt before it left is forgotten, but for the members:
 * they are exhibits already, and those that come again are the same. */
static int attempt(struct exhibit_sink *state, const struct sink *sink, struct reader *reader,
                   const struct reader_job *job, enum reader_end *out_end, char *out_reason,
                   struct tq_error *err)
{
    int r = case_reset_exhibit(state->store, state->exhibit, err);

    if (r < 0)
        return r;
    buf_empty(&state->type);
    state->has_table = state->depth_noted = false;
    state->note_count = 0;
    state->members_bytes_left = job->members_bytes_max;
    r = state->restore ? restoring_read(state->restore, reader, job, sink, out_end, out_reason,
                                        &state->restored, err)
                       : reader_read(reader, job, sink, out_end, out_reason, err);
    state->member = vault_abandon(state->member);
    return r;
}

static int read_twice(struct exhibit_sink *state, struct reader *reader,
                      const struct reader_job *job, enum reader_end *out_end, struct tq_error *err)
{
    const struct sink sink = {.state = state,
                              .type = sink_type,
                              .table = sink_table,
                              .rows = sink_rows,
                              .page = sink_page,
                              .member = sink_member,
                              .member_bytes = sink_member_bytes,
                              .member_end = sink_member_end,
                              .fact = sink_fact,
                              .note = sink_note};
    char reason[REASON_BYTES] = "";
    enum reader_end end = READER_DONE;
    int r = attempt(state, &sink, reader, job, &end, reason, err);

    if (r == TQ_OK && reader_should_retry(reader, end))
        r = attempt(state, &sink, reader, job, &end, reason, err);
    if (r == TQ_OK)
        r = keep_members(state, err);
    if (r == TQ_OK)
        r = note_end(state, end, reason, err);
    if (r == TQ_OK)
        r = case_set_exhibit(state->store, state->exhibit, buf_slice(&state->type),
                             end == READER_DONE ? EXHIBIT_EXTRACTED : EXHIBIT_FAILED, err);
    *out_end = end;
    return r;
}

/* What pg_restore does not understand at all is read as it is. */
static int read_restored(struct exhibit_sink *state, struct reader *reader,
                         const struct reader_job *job, enum reader_end *out_end,
                         struct tq_error *err)
{
    struct slice program = slice_of(state->restore->program);
    int r = read_twice(state, reader, job, out_end, err);

    if (r < 0 || state->restored != RESTORATION_FAILED)
        return r < 0 ? r
                     : case_add_fact(state->store, state->exhibit,
                                     SLICE_LITERAL("pg_dump.restored_by"), program, err);
    if (state->has_table)
        return sink_note(
            state, 0,
            SLICE_LITERAL("not read to its end: pg_restore failed, after the rows that "
                          "were read"),
            err);
    state->restore = NULL;
    r = read_twice(state, reader, job, out_end, err);
    if (r < 0)
        return r;
    return sink_note(state, 0,
                     SLICE_LITERAL("pg_restore did not understand it: it is damaged, or of a newer "
                                   "version"),
                     err);
}

/* How an exhibit is to be read. */
struct way {
    struct reader *reader;
    uint64_t members_bytes_max;
    uint32_t pictures_max;
    bool anew;
};

static int read_exhibit(struct extraction *extraction, const struct exhibit *exhibit,
                        const struct way *way, enum reader_end *out_end, struct tq_error *err)
{
    struct exhibit_sink state = {.store = extraction->store,
                                 .case_folder = case_folder(extraction->store),
                                 .ledger = extraction->inquiry->request->ledger,
                                 .exhibit = exhibit->number,
                                 .sha256 = exhibit->sha256,
                                 .may_open = !way->anew && exhibit->depth < CONTAINER_DEPTH_MAX,
                                 .reads_anew = way->anew};
    CLEANUP(close_cleanup) int fd = -1;
    struct reader_job job = {.size_bytes = exhibit->size_bytes,
                             .members_bytes_max = way->members_bytes_max,
                             .pictures_max = way->pictures_max,
                             .name = last_name(exhibit->path),
                             .passwords = extraction->inquiry->request->passwords};
    int r = vault_open(state.case_folder, exhibit->sha256, &fd, err);

    if (r < 0)
        return r;
    job.fd = fd;
    if (restoring_wants(&extraction->restore, fd))
        state.restore = &extraction->restore;
    r = state.restore ? read_restored(&state, way->reader, &job, out_end, err)
                      : read_twice(&state, way->reader, &job, out_end, err);
    state.members = vault_group_free(state.members);
    buf_clear(&state.type);
    buf_clear(&state.member_name);
    return r;
}

static int commit_now_and_then(struct extraction *extraction, uint64_t bytes, struct tq_error *err)
{
    int r = TQ_OK;

    (void)pthread_mutex_lock(&extraction->lock);
    extraction->done++;
    extraction->uncommitted_exhibits++;
    extraction->uncommitted_bytes += bytes;
    inquiry_report(extraction->inquiry, "read", extraction->done_before + extraction->done,
                   extraction->found, "exhibits");
    if (extraction->uncommitted_exhibits >= COMMIT_EXHIBITS
        || extraction->uncommitted_bytes >= COMMIT_BYTES) {
        extraction->uncommitted_exhibits = 0;
        extraction->uncommitted_bytes = 0;
        r = case_commit(extraction->store, err);
        if (r == TQ_OK)
            r = case_begin(extraction->store, err);
    }
    (void)pthread_mutex_unlock(&extraction->lock);
    return r;
}

static int read_one(void *state, size_t index, unsigned thread, struct tq_error *err)
{
    struct extraction *extraction = state;
    const struct exhibit *exhibit = &extraction->exhibits->items[extraction->pending[index]];
    const struct way way = {.reader = extraction->readers[thread],
                            .members_bytes_max = extraction->members_bytes_max[index]};
    enum reader_end end = READER_DONE;
    int r = read_exhibit(extraction, exhibit, &way, &end, err);

    if (r < 0)
        return r;
    return commit_now_and_then(extraction, exhibit->size_bytes, err);
}

/* Of each set of equal bytes of which no copy has been read yet, the one under which it is listed;
 * of those the least deep. */
static void list_pending(struct extraction *extraction, const bool *is_read)
{
    const struct exhibit_list *list = extraction->exhibits;
    uint32_t depth = UINT32_MAX;

    for (size_t i = 0; i < list->count; i++) {
        if (list->primary[i] == i && !is_read[i] && list->items[i].depth < depth)
            depth = list->items[i].depth;
    }
    extraction->pending_count = 0;
    for (size_t i = 0; i < list->count; i++) {
        if (list->primary[i] == i && !is_read[i] && list->items[i].depth == depth)
            extraction->pending[extraction->pending_count++] = (uint32_t)i;
    }
}

static int collect_pending(struct extraction *extraction, struct tq_error *err)
{
    const struct exhibit_list *list = extraction->exhibits;
    CLEANUP(free_cleanup) bool *is_read = alloc_zeroed(list->count ? list->count : 1, sizeof(bool));

    free(extraction->pending);
    free(extraction->members_bytes_max);
    extraction->pending = alloc_zeroed(list->count ? list->count : 1, sizeof(uint32_t));
    extraction->members_bytes_max = alloc_zeroed(list->count ? list->count : 1, sizeof(uint64_t));
    if (!extraction->pending || !extraction->members_bytes_max || !is_read)
        return tq_no_memory(err);

    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i].state != EXHIBIT_TAKEN)
            is_read[list->primary[i]] = true;
    }
    list_pending(extraction, is_read);
    return expansion_limits(case_folder(extraction->store), list, extraction->pending,
                            extraction->pending_count, extraction->members_bytes_max, err);
}

/* A reader for each thread, of `program`, or (NULL) of the one with that name beside us. */
static int start_readers(struct extraction *extraction, const char *program, const char *name,
                         struct reader ***out_readers, struct tq_error *err)
{
    CLEANUP(free_cleanup) char *found = NULL;
    struct reader **readers;

    if (!program) {
        int r = reader_find_program(name, &found, err);

        if (r < 0)
            return r;
        program = found;
    }
    readers = alloc_zeroed(extraction->thread_count, sizeof(*readers));
    if (!readers)
        return tq_no_memory(err);
    *out_readers = readers;
    for (unsigned i = 0; i < extraction->thread_count; i++) {
        int r = reader_new(program, &reader_limits_default, &readers[i], err);

        if (r < 0)
            return r;
    }
    return TQ_OK;
}

static void stop_readers(struct extraction *extraction, struct reader **readers)
{
    for (unsigned i = 0; i < extraction->thread_count && readers; i++)
        (void)reader_free(readers[i]);
    free(readers);
}

static int read_all(struct extraction *extraction, size_t count, pool_work *work,
                    struct tq_error *err)
{
    int r = case_begin(extraction->store, err);

    if (r < 0)
        return r;
    r = pool_run(extraction->thread_count, count, work, extraction, err);
    if (r < 0) {
        case_rollback(extraction->store);
        return r;
    }
    extraction->done_before += extraction->done;
    extraction->done = 0;
    return case_commit(extraction->store, err);
}

static int read_levels(struct extraction *extraction, struct tq_error *err)
{
    struct exhibit_list list = {0};
    int r;

    for (;;) {
        exhibit_list_clear(&list);
        r = case_load_exhibits(extraction->store, &list, err);
        if (r < 0)
            return r;
        extraction->exhibits = &list;
        r = collect_pending(extraction, err);
        if (r < 0 || extraction->pending_count == 0)
            break;
        extraction->found += extraction->pending_count;
        r = read_all(extraction, extraction->pending_count, read_one, err);
        if (r < 0)
            break;
    }
    exhibit_list_clear(&list);
    return r;
}

/* ---- pages that are pictures ---- */

/* What the reader with OCR does not survive, or not in time, is read without. */
static int read_pictures(struct extraction *extraction, const struct exhibit *exhibit,
                         const struct scan *scan, unsigned thread, struct tq_error *err)
{
    struct way way = {.reader = extraction->scanners[thread],
                      .members_bytes_max = UINT64_MAX, /* they are passed over */
                      .pictures_max = scan->granted,
                      .anew = true};
    enum reader_end end = READER_DONE;
    int r = case_set_exhibit(extraction->store, exhibit->number, slice_of(exhibit->type),
                             EXHIBIT_TAKEN, err);

    if (r == TQ_OK)
        r = read_exhibit(extraction, exhibit, &way, &end, err);
    if (r < 0 || end == READER_DONE)
        return r;
    way.reader = extraction->readers[thread];
    way.pictures_max = 0;
    r = read_exhibit(extraction, exhibit, &way, &end, err);
    if (r < 0)
        return r;
    return case_add_note(extraction->store, exhibit->number, 0,
                         SLICE_LITERAL("not read by OCR: its reader could not read it to its end"),
                         err);
}

static int read_scan(void *state, size_t index, unsigned thread, struct tq_error *err)
{
    struct extraction *extraction = state;
    const struct scan *scan = &extraction->scans.items[extraction->pending[index]];
    const struct exhibit *exhibit = &extraction->exhibits->items[scan->position];
    int r = TQ_OK;

    if (scan->granted > 0 || scan->before > 0)
        r = read_pictures(extraction, exhibit, scan, thread, err);
    if (r == TQ_OK)
        r = scan_settle(extraction->store, exhibit->number, scan, err);
    return r < 0 ? r : commit_now_and_then(extraction, exhibit->size_bytes, err);
}

/* The scans of which other pages are to be read than were; *out_any: by OCR. */
static void list_scans(struct extraction *extraction, bool *out_any)
{
    struct inquiry_summary *summary = &extraction->inquiry->summary;

    *out_any = false;
    extraction->pending_count = 0;
    for (size_t i = 0; i < extraction->scans.count; i++) {
        const struct scan *scan = &extraction->scans.items[i];

        summary->pictures += scan->wanted;
        summary->pictures_unread += scan->wanted - scan->granted;
        if (scan->settled && scan->before == scan->granted)
            continue;
        extraction->pending[extraction->pending_count++] = (uint32_t)i;
        *out_any = *out_any || scan->granted > 0 || scan->before > 0;
    }
}

static int read_scans(struct extraction *extraction, const struct exhibit_list *exhibits,
                      struct tq_error *err)
{
    const struct inquiry_request *request = extraction->inquiry->request;
    bool any;
    int r = scan_list_load(&extraction->scans, extraction->store, exhibits, err);

    if (r < 0)
        return r;
    scan_list_grant(&extraction->scans, request->ocr_pages_max);
    free(extraction->pending);
    extraction->pending = alloc_zeroed(extraction->scans.count + 1, sizeof(uint32_t));
    if (!extraction->pending)
        return tq_no_memory(err);
    list_scans(extraction, &any);
    if (any)
        r = start_readers(extraction, request->ocr_program, READER_OCR, &extraction->scanners, err);
    if (r < 0 || extraction->pending_count == 0)
        return r;
    extraction->exhibits = exhibits;
    extraction->found += extraction->pending_count;
    return read_all(extraction, extraction->pending_count, read_scan, err);
}

static int read_all_scans(struct extraction *extraction, struct tq_error *err)
{
    struct exhibit_list exhibits = {0};
    int r = case_load_exhibits(extraction->store, &exhibits, err);

    if (r == TQ_OK)
        r = read_scans(extraction, &exhibits, err);
    exhibit_list_clear(&exhibits);
    return r;
}

int inquiry_extract(struct inquiry *inquiry, struct tq_error *err)
{
    const struct inquiry_request *request = inquiry->request;
    struct extraction extraction = {.inquiry = inquiry,
                                    .store = request->store,
                                    .thread_count = request->jobs,
                                    .lock = PTHREAD_MUTEX_INITIALIZER};
    int r =
        start_readers(&extraction, request->reader_program, READER_USUAL, &extraction.readers, err);

    if (r == TQ_OK)
        r = restoration_find(&extraction.restore, err);
    if (r == TQ_OK)
        r = read_levels(&extraction, err);
    if (r == TQ_OK)
        r = read_all_scans(&extraction, err);
    stop_readers(&extraction, extraction.readers);
    stop_readers(&extraction, extraction.scanners);
    restoration_tools_clear(&extraction.restore);
    scan_list_clear(&extraction.scans);
    free(extraction.pending);
    free(extraction.members_bytes_max);
    (void)pthread_mutex_destroy(&extraction.lock);
    return r;
}
