package io.coordination.etcd;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import org.jspecify.annotations.Nullable;

/**
 * What tells that a file has changed, without reading it. Links are followed: a mounted secret changes by a link.
 *
 * @param modified when it was written; absent when it cannot be seen
 * @param size its length in bytes
 * @param identity which file it is, where the file system says so
 */
record FileStamp(
        @Nullable FileTime modified, long size, @Nullable Object identity) {

    static FileStamp of(Path file) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return new FileStamp(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
        } catch (IOException e) {
            return new FileStamp(null, -1, null);
        }
    }
}
