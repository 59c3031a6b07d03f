package io.coordination.store.mirror;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file in which a {@link Mirror} keeps its last state, so that a process can start while the store is away.
 *
 * <p>A save writes a new file beside the old one, forces it to the disk and puts it into the old one's place in one step: a
 * crash leaves the old file or the new one. Only the owner may read it, from the moment it exists, where the file system has
 * POSIX permissions; elsewhere it has what the folder gives. A file that was cut or changed, belongs to another prefix or has
 * another format is refused whole, with a line in the log that says why. One mirror of one process uses a file at a time.
 */
public final class SnapshotFile {

    private static final Logger log = LoggerFactory.getLogger(SnapshotFile.class);

    private final Path path;
    private final Executor threads;

    private SnapshotFile(Path path, Executor threads) {
        this.path = path.toAbsolutePath();
        this.threads = threads;
    }

    /**
     * A file, which need not exist; its folder must.
     *
     * @param path where it is
     * @param threads what reading and writing it may block
     */
    public static SnapshotFile at(Path path, Executor threads) {
        return new SnapshotFile(path, threads);
    }

    /** Where the file is, absolute. */
    public Path path() {
        return path;
    }

    Executor threads() {
        return threads;
    }

    /** What was saved for a prefix, or nothing when there is no file or none that can be used. Blocks. */
    Optional<SavedMirror> read(String prefix) {
        try {
            return Optional.of(SnapshotCodec.read(Files.readAllBytes(path), prefix));
        } catch (NoSuchFileException none) {
            return Optional.empty();
        } catch (SnapshotCodec.Unusable unusable) {
            log.atWarn()
                    .addKeyValue("file", path)
                    .addKeyValue("prefix", prefix)
                    .addKeyValue("reason", unusable.getMessage())
                    .log("A saved mirror cannot be used, starting without it");
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            log.atWarn()
                    .setCause(e)
                    .addKeyValue("file", path)
                    .addKeyValue("prefix", prefix)
                    .log("A saved mirror cannot be read, starting without it");
        }
        return Optional.empty();
    }

    /** Puts a state into the place of the one before. Blocks. */
    void write(SavedMirror saved) throws IOException {
        Path folder = path.resolveSibling(".").normalize();
        Path fresh = Files.createTempFile(folder, path.getFileName() + ".", ".tmp", ownerOnly());
        try {
            try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE);
                    OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16)) {
                SnapshotCodec.write(saved, out);
                channel.force(true);
            }
            Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(fresh);
        }
        force(folder);
    }

    private FileAttribute<?>[] ownerOnly() {
        boolean posix = path.getFileSystem().supportedFileAttributeViews().contains("posix");
        return posix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
    }

    /** Makes the new name of the file survive a crash of the machine. */
    private static void force(Path folder) {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            log.atDebug().setCause(e).addKeyValue("folder", folder).log("The system cannot force a folder to the disk");
        }
    }
}
