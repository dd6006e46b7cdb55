package io.harpc.benchmarks.subject;

import io.harpc.benchmarks.api.User;
import io.harpc.benchmarks.api.UserPage;
import io.harpc.benchmarks.api.UserService;
import io.harpc.benchmarks.api.Users;

/**
 * The calls of {@link UserService} as the load makes them. Users stay in the subject's
 * own model: where that is not {@link User}, the load is spared the conversion and only
 * the check of the answers pays for it.
 */
public interface UserCalls extends AutoCloseable {

	/**
	 * Calls {@link UserService#existUser}.
	 * @param email an address
	 * @return the answer
	 * @throws Exception if the call fails
	 */
	boolean existUser(String email) throws Exception;

	/**
	 * Calls {@link UserService#createUser}.
	 * @param id the id of the user that is made, in the subject's model, and sent
	 * @return the answer
	 * @throws Exception if the call fails
	 */
	boolean createUser(long id) throws Exception;

	/**
	 * Calls {@link UserService#getUser}.
	 * @param id the user's id
	 * @return the user, in the subject's model
	 * @throws Exception if the call fails
	 */
	Object getUser(long id) throws Exception;

	/**
	 * Calls {@link UserService#listUser}.
	 * @param pageNo the page
	 * @return the page, in the subject's model
	 * @throws Exception if the call fails
	 */
	Object listUser(int pageNo) throws Exception;

	/**
	 * Calls {@link UserService#echo}.
	 * @param content the bytes
	 * @return the answer
	 * @throws Exception if the call fails
	 */
	byte[] echo(byte[] content) throws Exception;

	/**
	 * Calls {@link UserService#existUserAfter}.
	 * @param email an address
	 * @param millis how long the answer takes
	 * @return the answer
	 * @throws Exception if the call fails
	 */
	boolean existUserAfter(String email, int millis) throws Exception;

	/**
	 * Makes a user of one in the subject's model.
	 * @param answer what {@link #getUser} returned
	 * @return the user
	 */
	default User toUser(Object answer) {
		return (User) answer;
	}

	/**
	 * Makes a page of one in the subject's model.
	 * @param answer what {@link #listUser} returned
	 * @return the page
	 */
	default UserPage toPage(Object answer) {
		return (UserPage) answer;
	}

	/**
	 * Releases what this one caller had for itself. Most have nothing.
	 * @throws Exception if that fails
	 */
	@Override
	default void close() throws Exception {
	}

	/**
	 * Returns the calls of a subject whose clients implement the interface itself.
	 * @param service the proxy
	 * @return the calls
	 */
	static UserCalls of(UserService service) {
		return new UserCalls() {

			@Override
			public boolean existUser(String email) {
				return service.existUser(email);
			}

			@Override
			public boolean createUser(long id) {
				return service.createUser(Users.user(id));
			}

			@Override
			public Object getUser(long id) {
				return service.getUser(id);
			}

			@Override
			public Object listUser(int pageNo) {
				return service.listUser(pageNo);
			}

			@Override
			public byte[] echo(byte[] content) {
				return service.echo(content);
			}

			@Override
			public boolean existUserAfter(String email, int millis) {
				return service.existUserAfter(email, millis);
			}

		};
	}

}
