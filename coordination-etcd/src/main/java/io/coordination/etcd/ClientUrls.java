package io.coordination.etcd;

import io.etcd.jetcd.api.MemberListResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which addresses of a list of members can be used from here. Thread-safe.
 *
 * <p>Learners serve no clients and are left out, as are addresses of the other scheme. So are loopback addresses, etcd's
 * default for members that advertise none, unless the given endpoints are such themselves: here they would lead to this
 * machine and maybe to another cluster.
 */
final class ClientUrls {

    private static final Logger log = LoggerFactory.getLogger(ClientUrls.class);

    private final boolean tls;
    private final boolean local;
    private final Set<String> passedOver = ConcurrentHashMap.newKeySet();

    ClientUrls(List<Endpoint> given) {
        this.tls = given.get(0).tls();
        this.local = given.stream().anyMatch(Endpoint::isLoopback);
    }

    List<Endpoint> usable(MemberListResponse answer) {
        List<Endpoint> found = new ArrayList<>();
        for (io.etcd.jetcd.api.Member member : answer.getMembersList()) {
            if (!member.getIsLearner()) {
                member.getClientURLsList().forEach(url -> addUsable(url, found));
            }
        }
        return found;
    }

    private void addUsable(String url, List<Endpoint> found) {
        Endpoint.tryParse(url)
                .filter(endpoint -> endpoint.tls() == tls)
                .filter(endpoint -> local || !endpoint.isLoopback())
                .ifPresentOrElse(found::add, () -> passOver(url));
    }

    private void passOver(String url) {
        if (passedOver.add(url)) {
            log.atWarn()
                    .addKeyValue("url", url)
                    .log("A client URL of a member cannot be used from here: it has another scheme or is a loopback"
                            + " address");
        }
    }
}
