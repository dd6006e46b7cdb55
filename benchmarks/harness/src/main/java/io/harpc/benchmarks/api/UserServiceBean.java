package io.harpc.benchmarks.api;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The one implementation, behind every subject that serves Java objects. Thread-safe.
 */
public class UserServiceBean implements UserService {

	@Override
	public boolean existUser(String email) {
		return Users.exists(email);
	}

	@Override
	public boolean createUser(User user) {
		return user.getName().equals("Doug Lea") && user.getCreateTime().isBefore(user.getUpdateTime());
	}

	@Override
	public User getUser(long id) {
		return Users.user(id);
	}

	@Override
	public UserPage listUser(int pageNo) {
		return Users.page(pageNo);
	}

	@Override
	public byte[] echo(byte[] content) {
		return content;
	}

	@Override
	public boolean existUserAfter(String email, int millis) {
		pause(millis);
		return existUser(email);
	}

	/**
	 * Takes its time, as a handler that waits for a database does.
	 * @param millis how long
	 */
	public static void pause(int millis) {
		long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
		for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
			LockSupport.parkNanos(left);
			if (Thread.currentThread().isInterrupted()) {
				return;
			}
		}
	}

}
