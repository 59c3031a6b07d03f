package io.coordination.testkit;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Signs X.509 certificates with a key that lives as long as this object. P-256 keys, valid for 30 days. */
final class CertificateAuthority {

    private static final Duration VALID_BEFORE_NOW = Duration.ofDays(1);
    private static final Duration VALID_AFTER_NOW = Duration.ofDays(30);
    private static final byte[] ECDSA_WITH_SHA256 = Der.sequence(Der.oid("1.2.840.10045.4.3.2"));
    private static final String BASIC_CONSTRAINTS = "2.5.29.19";
    private static final String KEY_USAGE = "2.5.29.15";
    private static final String EXTENDED_KEY_USAGE = "2.5.29.37";
    private static final String SUBJECT_ALTERNATIVE_NAME = "2.5.29.17";
    private static final String SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
    private static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";

    private final SecureRandom random = new SecureRandom();
    private final String name;
    private final KeyPair keys;
    private final byte[] certificate;

    CertificateAuthority(String name) {
        this.name = name;
        this.keys = newKeys();
        this.certificate = sign(name, keys, certificateAuthorityExtensions());
    }

    byte[] certificate() {
        return certificate.clone();
    }

    /**
     * A certificate for both ends of TLS: an etcd server with client authentication calls itself and shows the
     * certificate that it serves with.
     */
    byte[] issue(String commonName, KeyPair subject, List<String> hostNames, List<String> addresses) {
        List<byte[]> extensions = new ArrayList<>();
        extensions.add(extension(KEY_USAGE, Der.bits(7, new byte[] {(byte) 0x80})));
        extensions.add(extension(EXTENDED_KEY_USAGE, Der.sequence(Der.oid(SERVER_AUTH), Der.oid(CLIENT_AUTH))));
        if (!hostNames.isEmpty() || !addresses.isEmpty()) {
            extensions.add(extension(SUBJECT_ALTERNATIVE_NAME, alternativeNames(hostNames, addresses)));
        }
        return sign(commonName, subject, Der.sequence(extensions.toArray(byte[][]::new)));
    }

    static KeyPair newKeys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This Java runtime cannot make P-256 keys.", e);
        }
    }

    private byte[] sign(String subject, KeyPair subjectKeys, byte[] extensions) {
        Instant now = Instant.now();
        byte[] content = Der.sequence(
                Der.context(0, Der.integer(BigInteger.TWO)),
                Der.integer(new BigInteger(63, random).add(BigInteger.ONE)),
                ECDSA_WITH_SHA256,
                distinguishedName(name),
                Der.sequence(Der.time(now.minus(VALID_BEFORE_NOW)), Der.time(now.plus(VALID_AFTER_NOW))),
                distinguishedName(subject),
                subjectKeys.getPublic().getEncoded(),
                Der.context(3, extensions));
        try {
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(keys.getPrivate());
            signature.update(content);
            return Der.sequence(content, ECDSA_WITH_SHA256, Der.bits(0, signature.sign()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This Java runtime cannot sign with SHA256withECDSA.", e);
        }
    }

    private static byte[] certificateAuthorityExtensions() {
        return Der.sequence(
                extension(BASIC_CONSTRAINTS, Der.sequence(Der.bool())),
                extension(KEY_USAGE, Der.bits(1, new byte[] {0x06})));
    }

    private static byte[] extension(String oid, byte[] value) {
        return Der.sequence(Der.oid(oid), Der.octets(value));
    }

    private static byte[] distinguishedName(String commonName) {
        return Der.sequence(Der.set(Der.sequence(Der.oid("2.5.4.3"), Der.utf8(commonName))));
    }

    private static byte[] alternativeNames(List<String> hostNames, List<String> addresses) {
        List<byte[]> names = new ArrayList<>();
        for (String hostName : hostNames) {
            names.add(Der.implicit(2, hostName.getBytes(StandardCharsets.US_ASCII)));
        }
        for (String address : addresses) {
            names.add(Der.implicit(7, literal(address)));
        }
        return Der.sequence(names.toArray(byte[][]::new));
    }

    private static byte[] literal(String address) {
        try {
            return InetAddress.getByName(address).getAddress();
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("Not an IP address: " + address, e);
        }
    }
}
