/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Mailboxes of Outlook (PST, OST, PAB), by libpff. Each item is a member, written as a mail in
 * text, with its attachments beside it: "Inbox/000001.eml", "Inbox/000001/list.csv".
 */
#include <libpff.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "extract/bfio_file.h"
#include "extract/format.h"
#include "extract/mail_member.h"
#include "extract/pst_item.h"

#define DEPTH_MAX   32 /* of folders */
#define FOLDERS_MAX 100000u
#define WAITING_MAX 1024 /* items within one item */
#define READ_BYTES  ((size_t)64 << 10)

#define PROPERTY_LONG_NAME 0x3707
#define PROPERTY_NAME      0x3704

struct folder_level {
    libpff_item_t *folder;
    int next, count;
    size_t path_length;
};

struct pst {
    const struct sink *sink;
    struct mail_members members;
    struct folder_level levels[DEPTH_MAX];
    int depth;
    uint32_t folders;
    uint64_t items, broken;
    bool is_deep;
    struct buf text;
    uint8_t *block; /* owned: READ_BYTES */
};

static void item_cleanup(libpff_item_t **item)
{
    (void)libpff_item_free(item, NULL);
}

static void pst_clear(struct pst *pst)
{
    while (pst->depth > 0)
        item_cleanup(&pst->levels[--pst->depth].folder);
    mail_members_clear(&pst->members);
    buf_clear(&pst->text);
    free(pst->block);
}

/* Give what is in pst->text to the sink as a member; "000001.eml". */
static int give_text(struct pst *pst, uint64_t number, const char *ending, struct tq_error *err)
{
    char name[32];
    int r = buf_check(&pst->text, err);

    if (r < 0 || pst->text.length == 0)
        return r;
    (void)snprintf(name, sizeof(name), "%06llu.%s", (unsigned long long)number, ending);
    r = mail_members_begin(&pst->members, slice_of(name), NULL, err);
    for (size_t at = 0; r == TQ_OK && at < pst->text.length; at += READ_BYTES) {
        size_t left = pst->text.length - at;

        r = mail_members_bytes(
            &pst->members, slice_make(pst->text.data + at, left < READ_BYTES ? left : READ_BYTES),
            err);
    }
    return r < 0 ? r : mail_members_end(&pst->members, false, err);
}

static int give_data(struct pst *pst, libpff_item_t *attachment, struct tq_error *err)
{
    size64_t size = 0, done = 0;
    ssize_t got = 0;
    int r;

    buf_empty(&pst->text);
    pst_item_add_text(&pst->text, attachment, PROPERTY_LONG_NAME);
    if (pst->text.length == 0)
        pst_item_add_text(&pst->text, attachment, PROPERTY_NAME);
    r = buf_check(&pst->text, err);
    if (r < 0)
        return r;
    if (libpff_attachment_get_data_size(attachment, &size, NULL) != 1) {
        pst->broken++;
        return TQ_OK;
    }
    r = mail_members_begin(&pst->members, buf_slice(&pst->text), NULL, err);
    while (r == TQ_OK && done < size && !pst->members.stopped) {
        got = libpff_attachment_data_read_buffer(attachment, pst->block, READ_BYTES, NULL);
        if (got <= 0)
            break;
        done += (size64_t)got;
        r = mail_members_bytes(&pst->members, slice_make((char *)pst->block, (size_t)got), err);
    }
    return r < 0 ? r : mail_members_end(&pst->members, done < size, err);
}

/* An item that waits: with the folder of its attachments. */
struct waiting {
    libpff_item_t *item;
    size_t path_length;
};

struct waiting_list {
    struct waiting items[WAITING_MAX];
    int count;
};

static void waiting_clear(struct waiting_list *list)
{
    while (list->count > 0)
        item_cleanup(&list->items[--list->count].item);
}

/* Attachments of one item; those that are items themselves wait for their turn. */
static int give_attachments(struct pst *pst, libpff_item_t *item, struct waiting_list *waiting,
                            struct tq_error *err)
{
    int count = 0, r = TQ_OK;

    if (libpff_message_get_number_of_attachments(item, &count, NULL) != 1)
        return TQ_OK;
    for (int i = 0; i < count && r == TQ_OK && !pst->members.stopped; i++) {
        CLEANUP(item_cleanup) libpff_item_t *attachment = NULL;
        libpff_item_t *inner = NULL;
        int type = 0;

        if (libpff_message_get_attachment(item, i, &attachment, NULL) != 1
            || libpff_attachment_get_type(attachment, &type, NULL) != 1) {
            pst->broken++;
        } else if (type != LIBPFF_ATTACHMENT_TYPE_ITEM) {
            r = give_data(pst, attachment, err);
        } else if (libpff_attachment_get_item(attachment, &inner, NULL) != 1) {
            pst->broken++;
        } else if (waiting->count >= WAITING_MAX) {
            item_cleanup(&inner);
            pst->is_deep = true;
        } else {
            waiting->items[waiting->count++] = (struct waiting){inner, pst->members.folder.length};
        }
    }
    return r;
}

static int give_item(struct pst *pst, libpff_item_t *item, struct waiting_list *waiting,
                     struct tq_error *err)
{
    uint64_t number = ++pst->items;
    size_t before = pst->members.folder.length;
    char name[32];
    int r;

    buf_empty(&pst->text);
    pst_item_add(&pst->text, item);
    r = give_text(pst, number, "eml", err);
    if (r < 0)
        return r;
    buf_empty(&pst->text);
    pst_item_add_rtf(&pst->text, item);
    r = give_text(pst, number, "rtf", err);
    if (r < 0)
        return r;
    (void)snprintf(name, sizeof(name), "%06llu", (unsigned long long)number);
    mail_members_enter(&pst->members, slice_of(name));
    r = give_attachments(pst, item, waiting, err);
    mail_members_leave(&pst->members, before);
    return r;
}

/* An item and the items within it. */
static int give_items(struct pst *pst, libpff_item_t *item, struct tq_error *err)
{
    CLEANUP(waiting_clear) struct waiting_list waiting = {0};
    size_t before = pst->members.folder.length;
    uint64_t inner = 0;
    int r = give_item(pst, item, &waiting, err);

    while (r == TQ_OK && waiting.count > 0 && !pst->members.stopped) {
        struct waiting next = waiting.items[--waiting.count];

        if (++inner > WAITING_MAX) {
            pst->is_deep = true;
            item_cleanup(&next.item);
            break;
        }
        r = give_item(pst, next.item, &waiting, err);
        item_cleanup(&next.item);
    }
    mail_members_leave(&pst->members, before);
    return r;
}

/* The messages of a folder, and what else is in it. */
static int give_folder(struct pst *pst, libpff_item_t *folder, struct tq_error *err)
{
    int count = 0, r = TQ_OK;

    if (libpff_folder_get_number_of_sub_messages(folder, &count, NULL) != 1) {
        pst->broken++;
        return TQ_OK;
    }
    for (int i = 0; i < count && r == TQ_OK && !pst->members.stopped; i++) {
        CLEANUP(item_cleanup) libpff_item_t *item = NULL;

        if (libpff_folder_get_sub_message(folder, i, &item, NULL) != 1)
            pst->broken++;
        else
            r = give_items(pst, item, err);
    }
    return r;
}

/* Take a folder on the stack, with its name in the path, and give what is in it. */
static int enter_folder(struct pst *pst, libpff_item_t *folder, bool is_root, struct tq_error *err)
{
    struct folder_level *level = &pst->levels[pst->depth++];

    *level = (struct folder_level){.folder = folder, .path_length = pst->members.folder.length};
    pst->folders++;
    if (!is_root) {
        buf_empty(&pst->text);
        pst_item_add_text(&pst->text, folder, 0x3001); /* its display name */
        mail_members_enter(&pst->members, buf_slice(&pst->text));
    }
    if (libpff_folder_get_number_of_sub_folders(folder, &level->count, NULL) != 1) {
        pst->broken++;
        level->count = 0;
    }
    return give_folder(pst, folder, err);
}

static int give_folders(struct pst *pst, libpff_item_t *root, struct tq_error *err)
{
    int r = enter_folder(pst, root, true, err);

    while (r == TQ_OK && pst->depth > 0) {
        struct folder_level *level = &pst->levels[pst->depth - 1];
        libpff_item_t *folder = NULL;

        if (level->next >= level->count || pst->members.stopped || pst->folders > FOLDERS_MAX) {
            mail_members_leave(&pst->members, level->path_length);
            item_cleanup(&level->folder);
            pst->depth--;
        } else if (libpff_folder_get_sub_folder(level->folder, level->next++, &folder, NULL) != 1) {
            pst->broken++;
        } else if (pst->depth >= DEPTH_MAX) {
            pst->is_deep = true;
            item_cleanup(&folder);
        } else {
            r = enter_folder(pst, folder, false, err);
        }
    }
    return r;
}

/* Items that no folder has any more. */
static int give_orphans(struct pst *pst, libpff_file_t *file, struct tq_error *err)
{
    int count = 0, r = TQ_OK;

    if (libpff_file_get_number_of_orphan_items(file, &count, NULL) != 1)
        return TQ_OK;
    mail_members_enter(&pst->members, SLICE_LITERAL("(orphans)"));
    for (int i = 0; i < count && r == TQ_OK && !pst->members.stopped; i++) {
        CLEANUP(item_cleanup) libpff_item_t *item = NULL;

        if (libpff_file_get_orphan_item_by_index(file, i, &item, NULL) == 1)
            r = give_items(pst, item, err);
    }
    mail_members_leave(&pst->members, 0);
    return r;
}

static int notes(const struct pst *pst, struct tq_error *err)
{
    int r = TQ_OK;

    if (pst->broken > 0)
        r = emit_note(pst->sink, 0, err,
                      "damaged: %llu folders, items or attachments were not read",
                      (unsigned long long)pst->broken);
    if (r == TQ_OK && pst->is_deep)
        r = emit_note(pst->sink, 0, err,
                      "folders deeper than %d, or more than %d items within one, were not read",
                      DEPTH_MAX, WAITING_MAX);
    if (r == TQ_OK && pst->folders > FOLDERS_MAX)
        r = emit_note(pst->sink, 0, err, "more than %u folders: the rest was not read",
                      FOLDERS_MAX);
    if (r == TQ_OK && pst->items > 0)
        r = emit_note(pst->sink, 0, err,
                      "its items were written as mail from their properties, for reading");
    if (r == TQ_OK && pst->members.count == 0)
        r = emit_note(pst->sink, 0, err, "no items were found");
    return r;
}

static int read_open_file(struct pst *pst, libpff_file_t *file, struct tq_error *err)
{
    libpff_item_t *root = NULL;
    int r = TQ_OK;

    if (libpff_file_get_root_folder(file, &root, NULL) == 1)
        r = give_folders(pst, root, err);
    else
        pst->broken++;
    if (r == TQ_OK)
        r = give_orphans(pst, file, err);
    return r < 0 ? r : notes(pst, err);
}

static void file_cleanup(libpff_file_t **file)
{
    (void)libpff_file_free(file, NULL);
}

static int pst_read(const struct extract_input *input, const struct extract_limits *limits,
                    const struct sink *sink, struct tq_error *err)
{
    struct bfio_file source = {.fd = input->fd, .size_bytes = input->size_bytes};
    CLEANUP(bfio_handle_cleanup) libbfio_handle_t *handle = NULL;
    CLEANUP(file_cleanup) libpff_file_t *file = NULL;
    CLEANUP(pst_clear) struct pst pst = {.sink = sink};
    int r = emit_type(sink, "pst", err);

    if (r < 0)
        return r;
    mail_members_init(&pst.members, sink, limits);
    pst.block = alloc_zeroed(READ_BYTES, 1);
    if (!pst.block)
        return tq_no_memory(err);
    if (bfio_file_open(&source, &handle) != 1 || libpff_file_initialize(&file, NULL) != 1)
        return tq_no_memory(err);
    if (libpff_file_open_file_io_handle(file, handle, LIBPFF_OPEN_READ, NULL) != 1)
        return emit_note(sink, 0, err, "damaged, or of a version that libpff does not know");
    r = read_open_file(&pst, file, err);
    while (pst.depth > 0)
        item_cleanup(&pst.levels[--pst.depth].folder);
    (void)libpff_file_close(file, NULL);
    return r;
}

static enum claim pst_claim(struct slice head, const struct extract_input *input)
{
    (void)input;
    return slice_starts(head, SLICE_LITERAL("!BDN")) ? CLAIM_CERTAIN : CLAIM_NONE;
}

const struct format format_pst = {"pst", pst_claim, pst_read};
