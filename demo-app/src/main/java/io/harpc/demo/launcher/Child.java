package io.harpc.demo.launcher;

/**
 * A supervised process as it is now.
 *
 * @param name what it is called
 * @param pid its process id, 0 while it does not run
 * @param starts how often it was started
 */
public record Child(String name, long pid, int starts) {

}
