/** Tests of the etcd engine: {@code *Test} against a fake server in this process, {@code *IT} against real etcd. */
@NullMarked
package io.coordination.etcd;

import org.jspecify.annotations.NullMarked;
