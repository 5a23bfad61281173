/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The leaked certificates: drawn by threads, written in order. */
#include "drill/leak_documents.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/moment.h"
#include "base/pool.h"
#include "drill/archive_out.h"
#include "drill/certificate.h"
#include "drill/pdf_objects.h"
#include "drill/pen.h"

#define ROUND_DOCUMENTS    64u
#define SAVED_ANEW_MINUTES 3000 /* after the document was made */
#define XMP_BYTES          512

/* One document of a round. */
struct page_set {
    struct certificate certificate;
    struct buf bytes;
};

struct drawing {
    const struct world *world;
    struct mixture mixture;
    uint32_t first, count; /* of the round */
    struct page_set *round;
    struct pen **pens; /* one a thread; owned */
    unsigned thread_count;
};

/* Where the documents of one part go: into an archive, or into a folder. */
struct shelf {
    struct archive_out *archive; /* NULL: a folder */
    const char *leak;
    const char *path; /* of archive or folder, below the leak */
    const char *joint;
};

/* The altered certificate appended to the original's bytes. */
static int draw_update(struct pen *pen, const struct certificate *original, struct page_set *set,
                       struct tq_error *err)
{
    struct buf before CLEANUP(buf_clear_cleanup) = {0};
    struct buf after CLEANUP(buf_clear_cleanup) = {0};
    int r = pen_draw(pen, original, NULL, &before, err);

    if (r == TQ_OK)
        r = pen_draw(pen, &set->certificate, NULL, &after, err);
    return r < 0 ? r
                 : pdf_append(buf_slice(&before), buf_slice(&after),
                              "0f1e2d3c4b5a69788796a5b4c3d2e1f0", &set->bytes, err);
}

static void format_date(int32_t minutes, char out[24])
{
    int year;
    unsigned month, day;
    int32_t of_day = minutes % 1440;

    civil_from_days(minutes / 1440, &year, &month, &day);
    (void)snprintf(out, 24, "D:%04d%02u%02u%02d%02d00Z", year % 10000, month % 100, day % 100,
                   (int)(of_day / 60), (int)(of_day % 60));
}

/* What the program that made the document would have said of it. */
static void format_xmp(int32_t minutes, char out[XMP_BYTES])
{
    int year;
    unsigned month, day;
    int32_t of_day = minutes % 1440;

    civil_from_days(minutes / 1440, &year, &month, &day);
    (void)snprintf(out, XMP_BYTES,
                   "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/"
                   "1999/02/22-rdf-syntax-ns#\"><rdf:Description rdf:about=\"\" "
                   "xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\" "
                   "xmlns:pdf=\"http://ns.adobe.com/pdf/1.3/\">"
                   "<pdf:Producer>Etats 4.2</pdf:Producer>"
                   "<xmp:ModifyDate>%04d-%02u-%02uT%02d:%02d:00Z</xmp:ModifyDate>"
                   "</rdf:Description></rdf:RDF></x:xmpmeta>",
                   year % 10000, month % 100, day % 100, (int)(of_day / 60), (int)(of_day % 60));
}

/* Every second program that saves anew leaves what the first one wrote as XMP. */
static bool keeps_metadata(const struct certificate *c)
{
    return c->number % 2 == 0;
}

static int draw_anew(struct pen *pen, struct page_set *set, struct tq_error *err)
{
    struct buf drawn CLEANUP(buf_clear_cleanup) = {0};
    char created[24], modified[24], xmp[XMP_BYTES];
    const struct pdf_words words = {"PDF Toolbox 3.2",
                                    created,
                                    modified,
                                    "00112233445566778899aabbccddeeff",
                                    "ffeeddccbbaa99887766554433221100",
                                    keeps_metadata(&set->certificate) ? xmp : NULL};
    int r = pen_draw(pen, &set->certificate, NULL, &drawn, err);

    format_xmp(set->certificate.issued, xmp);
    format_date(set->certificate.issued, created);
    format_date(set->certificate.issued + SAVED_ANEW_MINUTES, modified);
    return r < 0 ? r : pdf_save_anew(buf_slice(&drawn), &words, &set->bytes, err);
}

static int draw(const struct drawing *drawing, struct pen *pen, struct page_set *set,
                struct tq_error *err)
{
    struct certificate *c = &set->certificate;
    struct certificate *original CLEANUP(free_cleanup) = NULL;

    buf_empty(&set->bytes);
    if (c->editing == EDITING_RESAVE)
        return draw_anew(pen, set, err);
    if (c->editing == EDITING_NONE || c->editing == EDITING_CLOCK)
        return pen_draw(pen, c, NULL, &set->bytes, err);
    original = alloc_zeroed(1, sizeof(*original));
    if (!original)
        return tq_no_memory(err);
    if (!certificate_original(drawing->world, &drawing->mixture, c, original))
        c->editing = EDITING_NONE;
    if (c->editing == EDITING_UPDATE)
        return draw_update(pen, original, set, err);
    return pen_draw(pen, c, c->editing == EDITING_NONE ? NULL : original, &set->bytes, err);
}

static int make_one(void *state, size_t index, unsigned thread, struct tq_error *err)
{
    struct drawing *drawing = state;
    struct page_set *set = &drawing->round[index];

    if (!drawing->pens[thread]) {
        int r = pen_new(&drawing->pens[thread], err);

        if (r < 0)
            return r;
    }
    certificate_make(drawing->world, &drawing->mixture, drawing->first + (uint32_t)index,
                     &set->certificate);
    return draw(drawing, drawing->pens[thread], set, err);
}

static int store(const struct shelf *shelf, const char *name, const char *path,
                 const struct page_set *set, struct tq_error *err)
{
    struct text_file file;

    if (shelf->archive)
        return archive_out_add(shelf->archive, name, buf_slice(&set->bytes),
                               set->certificate.issued, err);
    int r = text_file_open(&file, shelf->leak, path, err);

    if (r < 0)
        return r;
    r = text_file_write(&file, buf_slice(&set->bytes), err);
    if (r < 0) {
        text_file_drop(&file);
        return r;
    }
    return text_file_close(&file, err);
}

/* The signs that the editing leaves for certain; it may leave others as well. */
static int tell_editing(struct truth *truth, size_t exhibit, const struct certificate *c,
                        struct tq_error *err)
{
    static const char *const signs[][4] = {
        [EDITING_NONE] = {NULL},
        [EDITING_UPDATE] = {"updated", NULL},
        [EDITING_OVERLAY] = {"covered-text", NULL},
        [EDITING_RETYPE] = {"off-grid", NULL},
        [EDITING_RESAVE] = {"other-producer", "id-changed", "modified-later", NULL},
        [EDITING_CLOCK] = {"time-offset", NULL},
        [EDITING_NUDGE] = {"off-grid", NULL},
        [EDITING_LETTERS] = {"other-style", NULL},
    };
    int r = TQ_OK;

    for (const char *const *sign = signs[c->editing]; *sign && r == TQ_OK; sign++)
        r = truth_add_pdf_sign(truth, exhibit, *sign, err);
    if (r == TQ_OK && c->editing == EDITING_RESAVE && keeps_metadata(c))
        r = truth_add_pdf_sign(truth, exhibit, "metadata", err);
    return r;
}

static int put_away(const struct shelf *shelf, const struct page_set *set, struct truth *truth,
                    struct tq_error *err)
{
    const struct certificate *c = &set->certificate;
    struct truth_record record = {.number = 1,
                                  .table =
                                      c->template == TEMPLATE_LEFT ? "layout:left" : "layout:above",
                                  .kind = KIND_PERSON,
                                  .subject = c->subject,
                                  .verdict = c->verdict,
                                  .is_document = true,
                                  .claims = c->claims,
                                  .claim_count = certificate_claims(c),
                                  .columns = c->columns};
    struct buf path CLEANUP(buf_clear_cleanup) = {0};

    buf_format(&path, "%s%s", shelf->path, shelf->joint);
    size_t name = path.length;

    buf_format(&path, "%08u.pdf", 10000000u + c->number);
    int r = buf_check(&path, err);

    if (r == TQ_OK)
        r = truth_add_exhibit(truth, path.data, "pdf", &record.exhibit, err);
    if (r == TQ_OK)
        r = truth_set_content(truth, record.exhibit, buf_slice(&set->bytes), err);
    if (r == TQ_OK)
        r = store(shelf, path.data + name, path.data, set, err);
    if (r == TQ_OK)
        r = tell_editing(truth, record.exhibit, c, err);
    return r < 0 ? r : truth_add_record(truth, &record, err);
}

static int draw_shelf(struct drawing *drawing, const struct shelf *shelf, uint32_t first,
                      uint32_t count, struct truth *truth, struct tq_error *err)
{
    const struct drill_request *request = &drawing->world->request;
    struct buf prefix CLEANUP(buf_clear_cleanup) = {0};

    buf_format(&prefix, "%s%s", shelf->path, shelf->joint);
    int r = buf_check(&prefix, err);

    if (r == TQ_OK)
        r = truth_begin_part(truth, prefix.data, err);
    for (drawing->first = first; r == TQ_OK && drawing->first < first + count;
         drawing->first += ROUND_DOCUMENTS) {
        uint32_t left = first + count - drawing->first;

        drawing->count = left < ROUND_DOCUMENTS ? left : ROUND_DOCUMENTS;
        r = pool_run(drawing->thread_count, drawing->count, make_one, drawing, err);
        for (uint32_t i = 0; r == TQ_OK && i < drawing->count; i++)
            r = put_away(shelf, &drawing->round[i], truth, err);
        if (request->progress)
            request->progress(request->state, "documents",
                              (double)drawing->first / (double)request->documents);
    }
    return r < 0 ? r : truth_end_part(truth, err);
}

static int fill_archive(struct drawing *drawing, const char *leak, const char *path, uint32_t count,
                        struct truth *truth, struct tq_error *err)
{
    char *full CLEANUP(free_cleanup) = file_join(leak, path);
    struct shelf shelf = {NULL, leak, path, "!/"};
    size_t exhibit;
    int r = full ? truth_add_exhibit(truth, path, "zip", &exhibit, err) : tq_no_memory(err);

    if (r == TQ_OK)
        r = archive_out_open(full, ARCHIVE_ZIP, &shelf.archive, err);
    if (r < 0)
        return r;
    r = draw_shelf(drawing, &shelf, 0, count, truth, err);
    if (r < 0) {
        archive_out_drop(shelf.archive);
        return r;
    }
    r = archive_out_close(shelf.archive, err);
    return r < 0 ? r : truth_set_file(truth, exhibit, full, err);
}

static int fill_folder(struct drawing *drawing, const char *leak, const char *path, uint32_t first,
                       uint32_t count, struct truth *truth, struct tq_error *err)
{
    char *full CLEANUP(free_cleanup) = file_join(leak, path);
    struct shelf shelf = {NULL, leak, path, "/"};
    int r = full ? file_make_folder(full, 0755, err) : tq_no_memory(err);

    return r < 0 ? r : draw_shelf(drawing, &shelf, first, count, truth, err);
}

static void drawing_clear(struct drawing *drawing)
{
    for (unsigned i = 0; drawing->pens && i < drawing->thread_count; i++)
        pen_free(drawing->pens[i]);
    for (unsigned i = 0; drawing->round && i < ROUND_DOCUMENTS; i++)
        buf_clear(&drawing->round[i].bytes);
    free(drawing->pens);
    free(drawing->round);
}

int leak_documents_write(const struct world *world, const char *leak,
                         const struct leak_names *names, struct truth *truth, struct tq_error *err)
{
    struct drawing drawing = {
        .world = world, .mixture = mixture_draw(world), .thread_count = world->request.threads};
    uint32_t count = (uint32_t)world->request.documents;
    uint32_t archived = count - count / 5 * 2;

    if (count == 0)
        return TQ_OK;
    drawing.round = alloc_zeroed(ROUND_DOCUMENTS, sizeof(*drawing.round));
    drawing.pens = alloc_zeroed(drawing.thread_count, sizeof(*drawing.pens));
    int r = drawing.round && drawing.pens ? TQ_OK : tq_no_memory(err);

    if (r == TQ_OK)
        r = fill_archive(&drawing, leak, names->certificates_archive, archived, truth, err);
    if (r == TQ_OK && archived < count)
        r = fill_folder(&drawing, leak, names->certificates_folder, archived, count - archived,
                        truth, err);
    drawing_clear(&drawing);
    return r;
}
