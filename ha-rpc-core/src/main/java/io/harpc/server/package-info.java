/**
 * Takes calls in: admits them, runs the beans behind the services, answers, and drains
 * before it goes.
 */
@NullMarked
package io.harpc.server;

import org.jspecify.annotations.NullMarked;
