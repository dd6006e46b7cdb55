/** Peers, payloads and applications that mean harm, end to end over real sockets. */
package io.harpc.hostile;
