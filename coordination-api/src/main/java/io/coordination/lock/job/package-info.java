/** Scheduled jobs of which one run happens among all processes in an interval. */
@NullMarked
package io.coordination.lock.job;

import org.jspecify.annotations.NullMarked;
