/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "case_fixture.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "base/alloc.h"
#include "base/file.h"
#include "store/vault.h"

static int store_bytes(const char *folder, const char *text, uint8_t sha256[SHA256_BYTES],
                       struct tq_error *err)
{
    struct vault_writer *writer;
    uint64_t size;
    int r = vault_begin(folder, &writer, err);

    if (r < 0)
        return r;
    r = vault_write(writer, text, strlen(text), err);
    if (r < 0) {
        (void)vault_abandon(writer);
        return r;
    }
    return vault_finish(writer, sha256, &size, err);
}

static void make_vault(void **state)
{
    assert_int_equal(mkdir(scratch_path(state, "vault"), 0700), 0);
}

static void path_in_vault(void **state, const uint8_t sha256[SHA256_BYTES], char *out)
{
    char hex[SHA256_HEX + 1];

    hex_of(sha256, SHA256_BYTES, hex);
    (void)snprintf(out, PATH_MAX, "%s/vault/%.2s/%s", (const char *)*state, hex, hex + 2);
}

/* Files in the vault that have no name yet. */
static unsigned count_temporaries(void **state)
{
    DIR *entries = opendir(scratch_path(state, "vault"));
    const struct dirent *entry;
    unsigned count = 0;

    assert_non_null(entries);
    while ((entry = readdir(entries)))
        count += strncmp(entry->d_name, "tmp-", 4) == 0;
    (void)closedir(entries);
    return count;
}

static void bytes_are_kept_under_their_digest_for_reading_only(void **state)
{
    uint8_t sha256[SHA256_BYTES];
    char path[PATH_MAX], back[16] = {0}, hex[SHA256_HEX + 1];
    struct stat info;
    int fd;

    make_vault(state);
    assert_ok(store_bytes(*state, "abc", sha256, &err));
    hex_of(sha256, SHA256_BYTES, hex);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    path_in_vault(state, sha256, path);
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 07777, 0400);
    assert_ok(vault_open(*state, sha256, &fd, &err));
    assert_int_equal(read(fd, back, sizeof(back)), 3);
    assert_string_equal(back, "abc");
    (void)close(fd);
    assert_ok(vault_check(*state, sha256, &err));
}

static void the_same_bytes_are_kept_once(void **state)
{
    uint8_t first[SHA256_BYTES], second[SHA256_BYTES];
    char path[PATH_MAX];
    struct stat before, after;

    make_vault(state);
    assert_ok(store_bytes(*state, "abc", first, &err));
    path_in_vault(state, first, path);
    assert_int_equal(stat(path, &before), 0);
    assert_ok(store_bytes(*state, "abc", second, &err));
    assert_memory_equal(first, second, SHA256_BYTES);
    assert_int_equal(stat(path, &after), 0);
    assert_int_equal(before.st_ino, after.st_ino);
    assert_int_equal(count_temporaries(state), 0);
}

static void a_damaged_copy_is_found_and_a_cut_one_is_replaced(void **state)
{
    uint8_t sha256[SHA256_BYTES];
    char path[PATH_MAX];

    make_vault(state);
    assert_ok(store_bytes(*state, "evidence", sha256, &err));
    path_in_vault(state, sha256, path);
    assert_int_equal(chmod(path, 0600), 0);
    scratch_write(path, "evidenCe", 8);
    assert_fails(TQ_E_KEY, "vault is damaged", vault_check(*state, sha256, &err));
    scratch_write(path, "evid", 4);
    assert_ok(store_bytes(*state, "evidence", sha256, &err));
    assert_ok(vault_check(*state, sha256, &err));
}

static void what_is_abandoned_leaves_nothing(void **state)
{
    struct vault_writer *writer;

    make_vault(state);
    assert_ok(vault_begin(*state, &writer, &err));
    assert_ok(vault_write(writer, "abc", 3, &err));
    assert_int_equal(count_temporaries(state), 1);
    assert_null(vault_abandon(writer));
    assert_null(vault_abandon(NULL));
    assert_int_equal(count_temporaries(state), 0);
}

static void a_group_has_its_names_only_after_the_sync(void **state)
{
    struct vault_group *group;
    uint8_t sha256[20][SHA256_BYTES];
    int fd;

    make_vault(state);
    assert_ok(vault_group_new(*state, &group, &err));
    for (uint32_t i = 0; i < 20; i++) {
        struct vault_writer *writer;
        uint32_t number = i % 10; /* each twice */
        uint64_t size;

        assert_ok(vault_begin(*state, &writer, &err));
        assert_ok(vault_write(writer, &number, sizeof(number), &err));
        assert_ok(vault_group_add(group, writer, sha256[i], &size, &err));
        assert_int_equal(size, sizeof(number));
    }
    assert_fails(TQ_E_IO, "could not open", vault_open(*state, sha256[0], &fd, &err));
    assert_ok(vault_group_sync(group, &err));
    for (size_t i = 0; i < 20; i++)
        assert_ok(vault_check(*state, sha256[i], &err));
    assert_int_equal(count_temporaries(state), 0);
    assert_null(vault_group_free(group));
}

static void leavings_are_tidied_and_evidence_is_not(void **state)
{
    uint8_t sha256[SHA256_BYTES];

    make_vault(state);
    assert_ok(store_bytes(*state, "abc", sha256, &err));
    scratch_write(scratch_path(state, "vault/tmp-1-2"), "x", 1);
    assert_ok(vault_tidy(*state, &err));
    assert_int_equal(count_temporaries(state), 0);
    assert_ok(vault_check(*state, sha256, &err));
}

static void every_failed_allocation_is_told_and_leaves_nothing(void **state)
{
    make_vault(state);
    for (unsigned nth = 1;; nth++) {
        struct tq_error err = {0};
        uint8_t sha256[SHA256_BYTES];
        int r;

        alloc_fail_nth(nth);
        r = store_bytes(*state, "some bytes", sha256, &err);
        alloc_fail_nth(0);
        assert_int_equal(count_temporaries(state), 0);
        if (r == TQ_OK) {
            assert_true(nth > 4);
            break;
        }
        assert_int_equal(r, TQ_E_NOMEM);
        assert_int_equal(err.status, TQ_E_NOMEM);
    }
}

/* A limit on the size of files stands in for a full disk: write() fails halfway. */
static void a_full_disk_is_told_and_leaves_nothing(void **state)
{
    pid_t child;
    int status;

    make_vault(state);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        const struct rlimit limit = {4096, 4096};
        struct vault_writer *writer;
        struct tq_error err = {0};
        static const char block[8192] = {1};
        bool told;

        (void)signal(SIGXFSZ, SIG_IGN);
        (void)setrlimit(RLIMIT_FSIZE, &limit);
        if (vault_begin(*state, &writer, &err) < 0)
            _exit(2);
        told = vault_write(writer, block, sizeof(block), &err) == TQ_E_IO
               && strstr(err.message, "could not write to the vault");
        (void)vault_abandon(writer);
        _exit(told ? 0 : 3);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(count_temporaries(state), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)
    const struct CMUnitTest tests[] = {
        TEST(bytes_are_kept_under_their_digest_for_reading_only),
        TEST(the_same_bytes_are_kept_once),
        TEST(a_damaged_copy_is_found_and_a_cut_one_is_replaced),
        TEST(what_is_abandoned_leaves_nothing),
        TEST(a_group_has_its_names_only_after_the_sync),
        TEST(leavings_are_tidied_and_evidence_is_not),
        TEST(every_failed_allocation_is_told_and_leaves_nothing),
        TEST(a_full_disk_is_told_and_leaves_nothing),
    };

    return cmocka_run_group_tests_name("store/vault", tests, NULL, NULL);
}
