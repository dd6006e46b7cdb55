/**
 * The processes of a subject, a server and a client, and how the runner talks to them: a
 * line in, a line out.
 */
@NullMarked
package io.harpc.benchmarks.process;

import org.jspecify.annotations.NullMarked;
