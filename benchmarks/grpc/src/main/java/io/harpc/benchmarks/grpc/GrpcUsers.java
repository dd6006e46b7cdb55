package io.harpc.benchmarks.grpc;

import io.grpc.stub.StreamObserver;
import io.harpc.benchmarks.api.UserServiceBean;
import io.harpc.benchmarks.api.Users;
import io.harpc.benchmarks.grpc.generated.Content;
import io.harpc.benchmarks.grpc.generated.DelayedEmail;
import io.harpc.benchmarks.grpc.generated.Email;
import io.harpc.benchmarks.grpc.generated.Flag;
import io.harpc.benchmarks.grpc.generated.Id;
import io.harpc.benchmarks.grpc.generated.PageMessage;
import io.harpc.benchmarks.grpc.generated.PageNumber;
import io.harpc.benchmarks.grpc.generated.UserMessage;
import io.harpc.benchmarks.grpc.generated.UsersGrpc;

/** The service with messages. */
final class GrpcUsers extends UsersGrpc.UsersImplBase {

	@Override
	public void existUser(Email request, StreamObserver<Flag> answer) {
		answer(answer, flag(Users.exists(request.getEmail())));
	}

	@Override
	public void createUser(UserMessage request, StreamObserver<Flag> answer) {
		boolean right = request.getName().equals("Doug Lea")
				&& request.getCreateTimeSeconds() < request.getUpdateTimeSeconds();
		answer(answer, flag(right));
	}

	@Override
	public void getUser(Id request, StreamObserver<UserMessage> answer) {
		answer(answer, Messages.user(request.getValue()));
	}

	@Override
	public void listUser(PageNumber request, StreamObserver<PageMessage> answer) {
		answer(answer, Messages.page(request.getValue()));
	}

	@Override
	public void echo(Content request, StreamObserver<Content> answer) {
		answer(answer, request);
	}

	@Override
	public void existUserAfter(DelayedEmail request, StreamObserver<Flag> answer) {
		UserServiceBean.pause(request.getMillis());
		answer(answer, flag(Users.exists(request.getEmail())));
	}

	private static Flag flag(boolean value) {
		return Flag.newBuilder().setValue(value).build();
	}

	private static <T> void answer(StreamObserver<T> observer, T message) {
		observer.onNext(message);
		observer.onCompleted();
	}

}
