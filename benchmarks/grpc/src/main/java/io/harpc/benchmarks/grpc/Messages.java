package io.harpc.benchmarks.grpc;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

import io.harpc.benchmarks.api.User;
import io.harpc.benchmarks.api.UserPage;
import io.harpc.benchmarks.api.Users;
import io.harpc.benchmarks.grpc.generated.PageMessage;
import io.harpc.benchmarks.grpc.generated.UserMessage;

/**
 * The users as messages. They are made as such, not converted: an application that uses
 * gRPC would work with its messages.
 */
final class Messages {

	/** What the users have in common, all but the id. */
	private static final User TEMPLATE = Users.user(0);

	private static final long BIRTHDAY = TEMPLATE.getBirthday().toEpochDay();

	private static final long CREATED = TEMPLATE.getCreateTime().toEpochSecond(ZoneOffset.UTC);

	private static final long UPDATED = TEMPLATE.getUpdateTime().toEpochSecond(ZoneOffset.UTC);

	private Messages() {
	}

	static UserMessage user(long id) {
		return UserMessage.newBuilder()
			.setId(id)
			.setName(TEMPLATE.getName())
			.setSex(TEMPLATE.getSex())
			.setBirthday(BIRTHDAY)
			.setEmail(TEMPLATE.getEmail())
			.setMobile(TEMPLATE.getMobile())
			.setAddress(TEMPLATE.getAddress())
			.setIcon(TEMPLATE.getIcon())
			.addAllPermissions(TEMPLATE.getPermissions())
			.setStatus(TEMPLATE.getStatus())
			.setCreateTimeSeconds(CREATED)
			.setCreateTimeNanos(TEMPLATE.getCreateTime().getNano())
			.setUpdateTimeSeconds(UPDATED)
			.setUpdateTimeNanos(TEMPLATE.getUpdateTime().getNano())
			.build();
	}

	static PageMessage page(int pageNo) {
		PageMessage.Builder page = PageMessage.newBuilder().setPageNo(pageNo).setTotal(Users.TOTAL);
		for (int i = 0; i < Users.PAGE_SIZE; i++) {
			page.addResult(user((long) pageNo * Users.PAGE_SIZE + i));
		}
		return page.build();
	}

	static User toUser(UserMessage message) {
		User user = new User();
		user.setId(message.getId());
		user.setName(message.getName());
		user.setSex(message.getSex());
		user.setBirthday(LocalDate.ofEpochDay(message.getBirthday()));
		user.setEmail(message.getEmail());
		user.setMobile(message.getMobile());
		user.setAddress(message.getAddress());
		user.setIcon(message.getIcon());
		user.setPermissions(new ArrayList<>(message.getPermissionsList()));
		user.setStatus(message.getStatus());
		user.setCreateTime(time(message.getCreateTimeSeconds(), message.getCreateTimeNanos()));
		user.setUpdateTime(time(message.getUpdateTimeSeconds(), message.getUpdateTimeNanos()));
		return user;
	}

	static UserPage toPage(PageMessage message) {
		List<User> result = message.getResultList().stream().map(Messages::toUser).toList();
		UserPage page = new UserPage();
		page.setPageNo(message.getPageNo());
		page.setTotal(message.getTotal());
		page.setResult(result);
		return page;
	}

	private static LocalDateTime time(long seconds, int nanos) {
		return LocalDateTime.ofEpochSecond(seconds, nanos, ZoneOffset.UTC);
	}

}
