/* The least that rrm's promises cost: the system calls that it makes for each file, in its order, and nothing else; in one
 * thread. What rrm takes beyond this is its own work, what this takes beyond `rm` is the price of the trash.
 *
 *   floor remove TRASH FILE...   moves files of the working directory, as rrm rm does
 *   floor undo TRASH             moves all of them back to the working directory, as rrm undo does
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <err.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

/* From this length on a path is recorded in two values: src/store/record.rs. */
enum { LONGEST_IN_ONE = 56, IDS_AT_ONCE = 32, ID = 36 };

static const char PATH[] = "user.original_path", NAME[] = "user.original_name", DATE[] = "user.deletion_date",
                  SESSION[] = "user.rrm_session", VALUE[] = "2026-12-30T07:52:15.886356112Z";
static char here[PATH_MAX];
static int work, trash;

static void must(long result, const char *call) {
    if (result < 0) err(1, "%s", call);
}

static int opened(int dir, const char *name) {
    int file = openat(dir, name, O_RDONLY | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
    must(file, "openat");
    return file;
}

static unsigned look(int dir, const char *name, int flags) {
    struct statx told;
    must(statx(dir, name, flags | AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, STATX_BASIC_STATS | STATX_MNT_ID, &told), "statx");
    return told.stx_mode;
}

static const char *new_id(void) {
    static unsigned long long random[IDS_AT_ONCE];
    static char id[ID + 1];
    static unsigned used = IDS_AT_ONCE;
    if (used == IDS_AT_ONCE) {
        must(getrandom(random, sizeof random, 0), "getrandom");
        used = 0;
    }
    unsigned long long bits = random[used++];
    snprintf(id, sizeof id, "%08llx-%04llx-8%03llx-8006-6179b03b7014", bits >> 32, bits >> 16 & 0xffff, bits & 0xfff);
    return id;
}

static void set(int file, const char *name, const void *value, size_t length) {
    must(fsetxattr(file, name, value, length, XATTR_CREATE), "fsetxattr");
}

static void remove_one(const char *name) {
    char path[2 * PATH_MAX], names[4096], value[4096];
    int file = opened(work, name), length = snprintf(path, sizeof path, "%s/%s", here, name);
    int is_split = length > LONGEST_IN_ONE;
    must(flock(file, LOCK_EX | LOCK_NB), "flock");
    must(flistxattr(file, names, sizeof names), "flistxattr");
    set(file, PATH, path, is_split ? length - strlen(name) : (size_t)length);
    if (is_split) set(file, NAME, name, strlen(name));
    set(file, DATE, VALUE, strlen(VALUE));
    const char *id = new_id();
    must(renameat2(work, name, trash, id, RENAME_NOREPLACE), "renameat2");
    look(trash, id, 0);
    unsigned mode = look(file, "", AT_EMPTY_PATH);
    if (mode & 022) {
        must(fchmod(file, mode & 07755), "fchmod");
        must(fgetxattr(file, PATH, value, sizeof value), "fgetxattr");
        if (is_split) must(fgetxattr(file, NAME, value, sizeof value), "fgetxattr");
        must(fgetxattr(file, DATE, value, sizeof value), "fgetxattr");
        must(flistxattr(file, names, sizeof names), "flistxattr");
    }
    close(file);
}

static void undo_one(const char *id, char *name) {
    char value[4096];
    int file = opened(trash, id);
    look(file, "", AT_EMPTY_PATH);
    ssize_t length = fgetxattr(file, PATH, value, sizeof value - 1);
    must(length, "fgetxattr");
    value[length] = 0;
    if (value[length - 1] == '/') {
        length = fgetxattr(file, NAME, value, sizeof value - 1);
        must(length, "fgetxattr");
        value[length] = 0;
    }
    const char *slash = strrchr(value, '/');
    snprintf(name, NAME_MAX + 1, "%.255s", slash ? slash + 1 : value);
    must(fgetxattr(file, DATE, value, sizeof value), "fgetxattr");
    fgetxattr(file, SESSION, value, sizeof value);
    close(file);
}

static void move_back(const char *id, const char *name) {
    char names[4096];
    int file = opened(trash, id);
    must(flock(file, LOCK_EX | LOCK_NB), "flock");
    must(renameat2(trash, id, work, name, RENAME_NOREPLACE), "renameat2");
    ssize_t length = flistxattr(file, names, sizeof names);
    must(fremovexattr(file, DATE), "fremovexattr");
    if (memmem(names, length, NAME, sizeof NAME)) must(fremovexattr(file, NAME), "fremovexattr");
    must(fremovexattr(file, PATH), "fremovexattr");
    close(file);
}

struct item {
    char id[ID + 1], name[NAME_MAX + 1];
};

static int by_name(const void *one, const void *other) {
    return strcmp(((const struct item *)one)->name, ((const struct item *)other)->name);
}

static void undo(void) {
    size_t count = 0, room = 0;
    struct item *items = NULL;
    DIR *dir = fdopendir(dup(trash));
    for (struct dirent *entry; (entry = readdir(dir));) {
        if (strlen(entry->d_name) != ID) continue;
        if (count == room && !(items = realloc(items, (room = room ? 2 * room : 1024) * sizeof *items))) err(1, "realloc");
        memcpy(items[count++].id, entry->d_name, ID + 1);
    }
    for (size_t at = 0; at < count; at++) undo_one(items[at].id, items[at].name);
    qsort(items, count, sizeof *items, by_name);
    for (size_t at = 0; at < count; at++) move_back(items[at].id, items[at].name);
}

int main(int count, char **words) {
    if (count < 3) errx(2, "floor remove TRASH FILE..., floor undo TRASH");
    if (!getcwd(here, sizeof here)) err(1, "getcwd");
    must(work = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC), "open");
    must(trash = open(words[2], O_RDONLY | O_DIRECTORY | O_CLOEXEC), words[2]);
    if (!strcmp(words[1], "undo")) undo();
    else {
        for (int at = 3; at < count; at++) look(work, words[at], 0);
        for (int at = 3; at < count; at++) remove_one(words[at]);
    }
    return 0;
}
