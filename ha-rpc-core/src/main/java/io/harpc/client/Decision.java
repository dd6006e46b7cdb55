package io.harpc.client;

import java.time.Instant;

/**
 * Something that the client has decided about the instances of a service, for people to
 * look at.
 *
 * @param at when
 * @param what what and why, for example
 * {@code 10.0.0.1:20880 ejected for 5 s: 5 failures in a row}
 */
public record Decision(Instant at, String what) {

}
