package io.harpc.benchmarks.api;

/**
 * The service that every subject offers: the methods of the well-known rpc-benchmark by
 * hank-whu, one that moves many bytes, and one that takes its time.
 */
public interface UserService {

	/**
	 * The smallest call.
	 * @param email an address
	 * @return whether a user has it, as {@link Users#exists} says
	 */
	boolean existUser(String email);

	/**
	 * A record there.
	 * @param user the user
	 * @return whether the user is as {@link Users#user} makes it
	 */
	boolean createUser(User user);

	/**
	 * A record back.
	 * @param id the user's id
	 * @return the user that {@link Users#user} makes
	 */
	User getUser(long id);

	/**
	 * A page of records back.
	 * @param pageNo the page
	 * @return the page that {@link Users#page} makes
	 */
	UserPage listUser(int pageNo);

	/**
	 * Many bytes there and back.
	 * @param content the bytes
	 * @return the same bytes
	 */
	byte[] echo(byte[] content);

	/**
	 * The smallest call, slowly.
	 * @param email an address
	 * @param millis how long the answer takes
	 * @return whether a user has it
	 */
	boolean existUserAfter(String email, int millis);

}
