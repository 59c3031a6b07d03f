package io.coordination.store.mirror;

import io.coordination.store.Bytes;
import io.coordination.store.KeyValue;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.pcollections.HashTreePMap;

/**
 * The bytes of a saved mirror: a mark, the version of the format, what was saved, and a SHA-256 checksum over all that.
 * Numbers are big-endian; texts and values have their length in bytes before them.
 */
final class SnapshotCodec {

    private static final long MARK = 0x636f6f72644d4952L; // "coordMIR"
    private static final int VERSION = 1;
    private static final int CHECKSUM = 32;
    private static final int START = Long.BYTES + Integer.BYTES;

    private SnapshotCodec() {}

    /** Why bytes are no saved mirror; the message never shows content. */
    static final class Unusable extends Exception {
        private static final long serialVersionUID = 1;

        Unusable(String reason) {
            super(reason);
        }
    }

    /** Writes a saved mirror; does not close the stream. */
    static void write(SavedMirror saved, OutputStream to) throws IOException {
        DigestOutputStream digested = new DigestOutputStream(to, sha256());
        DataOutputStream out = new DataOutputStream(digested);
        out.writeLong(MARK);
        out.writeInt(VERSION);
        out.writeLong(saved.clusterId());
        out.writeLong(saved.state().revision());
        out.writeLong(saved.savedAt().toEpochMilli());
        write(saved.prefix().getBytes(StandardCharsets.UTF_8), out);
        out.writeInt(saved.state().entries().size());
        for (KeyValue entry : saved.state().entries().values()) {
            write(entry.key().getBytes(StandardCharsets.UTF_8), out);
            write(entry.value().toArray(), out);
            out.writeLong(entry.createRevision());
            out.writeLong(entry.modRevision());
            out.writeLong(entry.version());
            out.writeLong(entry.lease());
        }
        out.flush();
        to.write(digested.getMessageDigest().digest());
        to.flush();
    }

    /**
     * Reads a saved mirror, all of it or nothing.
     *
     * @throws Unusable when the bytes are anything but the whole and unchanged mirror of the prefix
     */
    static SavedMirror read(byte[] content, String prefix) throws Unusable {
        int end = content.length - CHECKSUM;
        if (end < START) {
            throw new Unusable("it is too short");
        }
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(content, 0, end))) {
            if (in.readLong() != MARK) {
                throw new Unusable("it is no snapshot of a mirror");
            }
            int version = in.readInt();
            if (version != VERSION) {
                throw new Unusable("it has version " + version + " of the format, and this is version " + VERSION);
            }
            MessageDigest digest = sha256();
            digest.update(content, 0, end);
            if (!MessageDigest.isEqual(digest.digest(), Arrays.copyOfRange(content, end, content.length))) {
                throw new Unusable("its checksum is wrong: it was cut or changed");
            }
            return body(in, prefix);
        } catch (IOException | IllegalArgumentException malformed) {
            throw new Unusable("it is malformed");
        }
    }

    private static SavedMirror body(DataInputStream in, String prefix) throws IOException, Unusable {
        long clusterId = in.readLong();
        long revision = in.readLong();
        Instant savedAt = Instant.ofEpochMilli(in.readLong());
        String savedPrefix = new String(bytes(in), StandardCharsets.UTF_8);
        if (!savedPrefix.equals(prefix)) {
            throw new Unusable("it is of the prefix '" + savedPrefix + "'");
        }
        int count = in.readInt();
        Map<String, KeyValue> entries = new HashMap<>();
        for (int i = 0; i < count; i++) {
            String key = new String(bytes(in), StandardCharsets.UTF_8);
            Bytes value = Bytes.copyOf(bytes(in));
            entries.put(key, new KeyValue(key, value, in.readLong(), in.readLong(), in.readLong(), in.readLong()));
        }
        if (in.available() > 0 || revision <= 0) {
            throw new Unusable("it is malformed");
        }
        return new SavedMirror(prefix, clusterId, savedAt, new MirrorState(revision, HashTreePMap.from(entries)));
    }

    private static void write(byte[] bytes, DataOutputStream out) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static byte[] bytes(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > in.available()) {
            throw new IOException("a length is wrong");
        }
        return in.readNBytes(length);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
